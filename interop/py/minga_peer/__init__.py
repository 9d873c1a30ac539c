"""The py peer: a small libp2p host that takes its orders on stdin.

The contract it speaks is interop/README.md.
"""
