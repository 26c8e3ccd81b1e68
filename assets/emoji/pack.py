#!/usr/bin/env python3
"""Packs the emoji pictures for shipping: pack.py SOURCE_DIR, a folder with emoji_noto_64.bin.gz and emoji_noto.tsv.

The source holds planar records (3x64x64); here they are interleaved (64x64x3), as the agent keeps frames, which also packs tighter.
"""
import gzip
import hashlib
import pathlib
import sys

SIDE, CHANNELS = 64, 3
source, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
planar = gzip.decompress((source / "emoji_noto_64.bin.gz").read_bytes())
plane, record = SIDE * SIDE, SIDE * SIDE * CHANNELS
assert len(planar) % record == 0
interleaved = bytearray(len(planar))
for start in range(0, len(planar), record):
    for channel in range(CHANNELS):
        first = start + channel * plane
        interleaved[start + channel : start + record : CHANNELS] = planar[first : first + plane]
packed = gzip.compress(bytes(interleaved), compresslevel=9, mtime=0)
(here / "pictures.rgb.gz").write_bytes(packed)
(here / "emoji.tsv").write_bytes((source / "emoji_noto.tsv").read_bytes())
for name in ("pictures.rgb.gz", "emoji.tsv"):
    print(hashlib.sha256((here / name).read_bytes()).hexdigest(), (here / name).stat().st_size, name)
