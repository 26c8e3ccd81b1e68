using System.Buffers;

namespace MessagePack.Compat.Tests;

/// <summary>Byte vectors as the specification prints them, and the ways that bytes can lie in memory.</summary>
internal static class Bytes
{
    public static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static string ToHex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public delegate void Writing(ref MessagePackWriter writer);

    public static byte[] Write(Writing writing)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writing(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The same bytes in segments of the given size, as they come from a socket.</summary>
    public static ReadOnlySequence<byte> Segmented(ReadOnlyMemory<byte> bytes, int size)
    {
        var first = new Segment(bytes[..Math.Min(size, bytes.Length)], 0);
        Segment last = first;
        for (int start = size; start < bytes.Length; start += size)
        {
            var next = new Segment(bytes.Slice(start, Math.Min(size, bytes.Length - start)), start);
            last.LinkTo(next);
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public void LinkTo(Segment next) => Next = next;
    }
}
