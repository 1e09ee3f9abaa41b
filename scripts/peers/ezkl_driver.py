"""
Drives the released ezkl package (PyPI) through its Python interface: one circuit, then one proof for each line "prove" on
standard input; one JSON object for each answer on standard output. Times are milliseconds, sizes bytes.

Usage: python3 ezkl_driver.py MODEL.onnx CALIBRATION.json INPUT.json FOLDER [SYMBOL=SIZE ...] [SCALE ...]

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


def answer(**fields):
    sys.__stdout__.write(json.dumps(fields) + "\n")
    sys.__stdout__.flush()


def timed(step, *arguments, **options):
    """Result and duration of one call; some releases return coroutines."""
    began = time.monotonic()
    result = step(*arguments, **options)
    if inspect.isawaitable(result):

        async def wait():
            return await result

        result = asyncio.run(wait())
    return result, (time.monotonic() - began) * 1000


def peak_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(model, calibration, data, folder, *choices):
    sys.stdout = sys.stderr
    import ezkl

    def place(name):
        return os.path.join(folder, name)

    times = {}

    def step(name, call, *arguments, **options):
        answer(event="stage", stage=name)
        result, times[name] = timed(call, *arguments, **options)
        return result

    settings, circuit = place("settings.json"), place("circuit.ezkl")
    srs, vk, pk = place("kzg.srs"), place("vk.key"), place("pk.key")
    witness, proof = place("witness.json"), place("proof.json")
    arguments = ezkl.PyRunArgs()
    symbols = [choice.split("=") for choice in choices if "=" in choice]
    arguments.variables = [(symbol, int(size)) for symbol, size in symbols]
    arguments.input_visibility, arguments.output_visibility, arguments.param_visibility = "public", "public", "fixed"
    step("settings", ezkl.gen_settings, model, settings, py_run_args=arguments)
    scales = [int(choice) for choice in choices if "=" not in choice]
    step("calibrate", ezkl.calibrate_settings, calibration, model, settings, "resources", **({"scales": scales} if scales else {}))
    step("compile", ezkl.compile_circuit, model, circuit, settings)
    with open(settings, encoding="utf-8") as file:
        chosen = json.load(file)
    run_args = chosen["run_args"]
    step("srs", ezkl.gen_srs, srs, run_args["logrows"])
    step("setup", ezkl.setup, circuit, vk, pk, srs_path=srs)
    answer(
        event="ready",
        version=importlib.metadata.version("ezkl"),
        times=times,
        settings={
            **{name: run_args[name] for name in ("input_scale", "param_scale", "scale_rebase_multiplier", "logrows")},
            "lookup_range": run_args["lookup_range"],
            "rows": chosen.get("num_rows"),
            "visibility": "input and output public, weights fixed in the circuit",
        },
        provingKeyBytes=os.path.getsize(pk),
        verifyingKeyBytes=os.path.getsize(vk),
        srsBytes=os.path.getsize(srs),
        peakMemory=peak_memory(),
    )
    for line in sys.stdin:
        if line.strip() != "prove":
            continue
        made, witness_time = timed(ezkl.gen_witness, data, circuit, witness)
        _, prove_time = timed(ezkl.prove, witness, circuit, pk, proof, srs_path=srs)
        accepted, verify_time = timed(ezkl.verify, proof, settings, vk, srs_path=srs)
        with open(proof, encoding="utf-8") as file:
            encoded = json.load(file)["proof"]
        size = len(encoded) if isinstance(encoded, list) else (len(encoded) - len("0x")) // 2
        answer(
            event="run",
            execute=witness_time,
            prove=prove_time,
            verify=verify_time,
            accepted=bool(accepted),
            proofBytes=size,
            outputs=[[float(value) for value in row] for row in made["pretty_elements"]["rescaled_outputs"]],
            peakMemory=peak_memory(),
        )


main(*sys.argv[1:])
