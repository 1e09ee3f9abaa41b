"""
Drives the released ezkl package (PyPI) through its Python interface: one circuit, then one proof for each line "prove" on
standard input; one line of JSON for each answer on standard output. Times are milliseconds, sizes bytes.

Usage: python3 ezkl_driver.py MODEL.onnx CALIBRATION.json INPUT.json FOLDER [SYMBOL=SIZE ...] [SCALE ...]

Settings, reference string and keys stay in FOLDER; another run with the same arguments uses them again and reports the times
that making them took. Scales are tried by the package's own calibration.

The structured reference string is made here, by whoever runs this: its secret is not destroyed by any ceremony, so these
proofs convince nobody. It serves to measure time, which does not depend on where the string comes from.
"""

import asyncio
import importlib.metadata
import inspect
import json
import os
import resource
import sys
import time


def say(**fields):
    sys.__stdout__.write(json.dumps(fields) + "\n")
    sys.__stdout__.flush()


async def awaited(value):
    return await value


def timed(step, *arguments, **options):
    """Result and duration of one call; some releases return coroutines."""
    began = time.monotonic()
    result = step(*arguments, **options)
    if inspect.isawaitable(result):
        result = asyncio.run(awaited(result))
    return result, (time.monotonic() - began) * 1000


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Places:
    """The files of one circuit in its folder."""

    def __init__(self, folder):
        for name in ("settings", "circuit", "srs", "vk", "pk", "witness", "proof", "made"):
            setattr(self, name, os.path.join(folder, name))


def make_keys(ezkl, model, calibration, places, choices):
    """Everything before the first proof; the duration of each step."""
    times = {}

    def step(name, call, *arguments, **options):
        say(event="stage", stage=name)
        _, times[name] = timed(call, *arguments, **options)

    scales = [int(choice) for choice in choices if "=" not in choice]
    arguments = ezkl.PyRunArgs()
    arguments.variables = [(symbol, int(size)) for symbol, size in (c.split("=") for c in choices if "=" in c)]
    arguments.input_visibility = arguments.output_visibility = "public"
    arguments.param_visibility = "fixed"
    step("settings", ezkl.gen_settings, model, places.settings, py_run_args=arguments)
    tried = {"scales": scales} if scales else {}
    step("calibrate", ezkl.calibrate_settings, calibration, model, places.settings, "resources", **tried)
    step("compile", ezkl.compile_circuit, model, places.circuit, places.settings)
    step("reference string", ezkl.gen_srs, places.srs, read_json(places.settings)["run_args"]["logrows"])
    step("setup", ezkl.setup, places.circuit, places.vk, places.pk, srs_path=places.srs)
    return times


def settings_of(places):
    settings = read_json(places.settings)
    run = settings["run_args"]
    chosen = {name: run[name] for name in ("input_scale", "param_scale", "scale_rebase_multiplier", "logrows")}
    return {**chosen, "rows": settings.get("num_rows"), "visibility": "input and output public, weights fixed"}


def proof_bytes(path):
    """The proof itself, as bytes or as hexadecimal digits after 0x."""
    proof = read_json(path)["proof"]
    return len(proof) if isinstance(proof, list) else (len(proof) - len("0x")) // 2


def peak_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def prove(ezkl, data, places):
    _, execute_time = timed(ezkl.gen_witness, data, places.circuit, places.witness)
    _, prove_time = timed(ezkl.prove, places.witness, places.circuit, places.pk, places.proof, srs_path=places.srs)
    accepted, verify_time = timed(ezkl.verify, places.proof, places.settings, places.vk, srs_path=places.srs)
    return {
        "execute": execute_time,
        "prove": prove_time,
        "verify": verify_time,
        "accepted": bool(accepted),
        "proofBytes": proof_bytes(places.proof),
        "outputs": [float(value) for value in read_json(places.witness)["pretty_elements"]["rescaled_outputs"][0]],
        "memory": peak_memory(),
    }


def main(model, calibration, data, folder, *choices):
    sys.stdout = sys.stderr  # what the package prints is no answer
    import ezkl

    version = importlib.metadata.version("ezkl")
    places = Places(folder)
    identity = {"version": version, "model": os.path.getsize(model), "choices": list(choices)}
    made = read_json(places.made) if os.path.exists(places.made) else {}
    if made.get("identity") != identity:
        made = {"identity": identity, "times": make_keys(ezkl, model, calibration, places, choices)}
        with open(places.made, "w", encoding="utf-8") as file:
            json.dump(made, file)
    say(
        event="ready",
        version=version,
        preparation=made["times"],
        settings=settings_of(places),
        provingKeyBytes=os.path.getsize(places.pk),
        verifyingKeyBytes=os.path.getsize(places.vk),
    )
    for line in sys.stdin:
        if line.strip() == "prove":
            say(event="run", **prove(ezkl, data, places))


main(*sys.argv[1:])
