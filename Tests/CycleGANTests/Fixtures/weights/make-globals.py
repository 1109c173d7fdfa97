#!/usr/bin/env python3
"""Writes globals.tsv: names that a hostile pickle might ask for, a line for each module.

    python3 make-globals.py        needs PyTorch and NumPy
"""

import importlib
import pathlib
import sys

MODULES = [
    "builtins", "os", "posix", "sys", "subprocess", "shutil", "socket", "importlib", "runpy", "code",
    "pickle", "ctypes", "collections", "operator", "functools", "types", "inspect", "asyncio",
    "multiprocessing", "pdb", "timeit", "webbrowser", "pty", "pip", "numpy", "numpy.testing", "torch",
    "torch._utils", "torch.storage", "torch.serialization", "torch.jit", "torch.hub", "torch.nn",
    "torch.utils._config_module", "torch._C", "torch.distributed"]
# Python 2's names, and names that only exist as attributes of something harmless.
OTHERS = {
    "__builtin__": ["eval", "exec", "execfile", "file", "getattr", "apply", "compile", "open"],
    "commands": ["getoutput", "getstatusoutput"], "nt": ["system"],
    "collections.__builtins__": ["eval", "exec"],
    "torch._utils.sys.modules": ["get"], "idlelib.run": ["Executive"], "__main__": ["Generator"]}

lines = [f"# Python {sys.version_info[0]}.{sys.version_info[1]}: module, names"]
for module in MODULES:
    names = sorted(set(dir(importlib.import_module(module))) | {"system", "__builtins__"})
    lines.append(module + "\t" + " ".join(names))
lines += [module + "\t" + " ".join(names) for module, names in OTHERS.items()]
pathlib.Path(__file__).with_name("globals.tsv").write_text("\n".join(lines) + "\n")
