"""OpenSSF Model Signing as an oracle: writes the vector in test/fixtures/model-signing, or verifies the model of a bundle.

  python scripts/model-signing-vector.py make
  python scripts/model-signing-vector.py verify BUNDLE-FOLDER SIGNER.pem
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

FILES = {"config.json": '{"name":"tiny"}\n', "weights/a.bin": "layer one\n", "weights/b.bin": "layer two\n"}


def model_signing(*arguments: object) -> int:
    return subprocess.run([sys.executable, "-m", "model_signing", *map(str, arguments)], check=False).returncode


def make() -> int:
    target = pathlib.Path("test/fixtures/model-signing")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path, text in FILES.items():
            file = folder / "model" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "key.pem").write_bytes(private)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        signature = folder / "model" / "model.sig"
        code = model_signing(
            "sign", "key", folder / "model", "--private_key", folder / "key.pem", "--signature", signature
        )
        if code == 0:
            target.mkdir(parents=True, exist_ok=True)
            (target / "signer.pem").write_bytes(public)
            shutil.copy(signature, target / "model.sig")
        return code


def verify(bundle: str, signer: str) -> int:
    model = pathlib.Path(bundle) / "model"
    return model_signing("verify", "key", model, "--signature", model / "model.sig", "--public_key", signer)


if __name__ == "__main__":
    sys.exit(make() if sys.argv[1:] == ["make"] else verify(*sys.argv[2:4]))
