using System.Buffers;
using System.Runtime.InteropServices;

namespace SslAgent.Checkpoints;

/// <summary>
/// A tensor's bytes outside the garbage-collected heap, aligned for vector loads: a restored model is large, short-lived, and must be gone
/// when its reader says so. Memory handed out earlier throws once this is disposed; a span taken earlier must not be used any more. Whoever
/// made it disposes it: there is no finalizer, which could free what a span still reads.
/// </summary>
internal sealed unsafe class NativeBytes : MemoryManager<byte>
{
    private const int Alignment = 64;
    private readonly int _length;
    private byte* _start;

    public NativeBytes(int length)
    {
        _length = length;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, length), Alignment);
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new Span<byte>(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        return new MemoryHandle(_start + elementIndex, pinnable: this);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        byte* start = _start;
        _start = null;
        NativeMemory.AlignedFree(start);
    }
}
