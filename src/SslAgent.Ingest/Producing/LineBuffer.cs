namespace SslAgent.Ingest.Producing;

/// <summary>Cuts blocks of bytes into lines without their ends; empty lines are left out, long ones cut.</summary>
internal sealed class LineBuffer(int bytesMax)
{
    private readonly byte[] _line = new byte[bytesMax];
    private int _length;

    /// <summary>The lines that end in this block.</summary>
    public List<byte[]> Add(ReadOnlySpan<byte> block)
    {
        var lines = new List<byte[]>();
        while (!block.IsEmpty)
        {
            int end = block.IndexOf((byte)'\n');
            Append(end < 0 ? block : block[..end]);
            if (end < 0) break;
            if (Rest() is { } line) lines.Add(line);
            block = block[(end + 1)..];
        }

        return lines;
    }

    /// <summary>Takes what no line end has followed yet; null where that is nothing.</summary>
    public byte[]? Rest()
    {
        ReadOnlySpan<byte> line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        _length = 0;
        return line.IsEmpty ? null : line.ToArray();
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        ReadOnlySpan<byte> kept = part[..Math.Min(part.Length, bytesMax - _length)];
        kept.CopyTo(_line.AsSpan(_length));
        _length += kept.Length;
    }
}
