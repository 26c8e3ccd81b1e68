using System.Buffers;
using System.Globalization;
using System.Text;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// CRC-32C of each mebibyte of a file, as its manifest keeps them: the sha256 says that a file is damaged, these say where. Computed along with it, at a
/// fraction of its cost.
/// </summary>
internal sealed class BlockSums
{
    public const int BlockBytes = 1 << 20;

    private const int Digits = 8;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly StringBuilder _digits = new();
    private uint _sum;
    private int _filled;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, BlockBytes - _filled)];
            _sum = Crc32C.Append(_sum, part);
            _filled += part.Length;
            bytes = bytes[part.Length..];
            if (_filled == BlockBytes) CloseBlock();
        }
    }

    /// <summary>All sums, the last block's included, however short it is.</summary>
    public string Finish()
    {
        if (_filled > 0) CloseBlock();
        return _digits.ToString();
    }

    /// <summary>Whether a block, counted from 0, is the one that was written.</summary>
    public static bool Fits(string sums, long block, ReadOnlySpan<byte> bytes) =>
        sums.AsSpan((int)(block * Digits), Digits).SequenceEqual(Text(Crc32C.Compute(bytes)));

    /// <summary>Whether these can be the sums of so many bytes.</summary>
    public static bool AreOf(string sums, long bytes) =>
        sums.Length == (bytes + BlockBytes - 1) / BlockBytes * Digits && !sums.AsSpan().ContainsAnyExcept(HexDigits);

    private void CloseBlock()
    {
        _digits.Append(Text(_sum));
        (_sum, _filled) = (0, 0);
    }

    private static string Text(uint sum) => sum.ToString("x8", CultureInfo.InvariantCulture);
}
