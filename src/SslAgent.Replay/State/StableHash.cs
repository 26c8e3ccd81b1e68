using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace SslAgent.Replay;

/// <summary>
/// xxHash64 (Collet's specification, public domain): the same number for the same bytes on every machine and in every release, which
/// sentinel membership and duplicate detection rest on. Not for security.
/// </summary>
internal static class StableHash
{
    private const ulong P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9;
    private const ulong P4 = 0x85EBCA77C2B2AE63, P5 = 0x27D4EB2F165667C5;
    private const int StripeBytes = 32;

    public static ulong Of(string text, ulong seed = 0)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        Span<byte> utf8 = bytes <= 512 ? stackalloc byte[bytes] : new byte[bytes];
        Encoding.UTF8.GetBytes(text, utf8);
        return Of(utf8, seed);
    }

    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        int length = bytes.Length;
        ulong hash = length >= StripeBytes ? Stripes(ref bytes, seed) : seed + P5;
        hash += (ulong)length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(bytes)), 27) * P1 + P4;
        }

        if (bytes.Length >= 4)
        {
            hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes) * P1, 23) * P2 + P3;
            bytes = bytes[4..];
        }

        foreach (byte value in bytes) hash = BitOperations.RotateLeft(hash ^ value * P5, 11) * P1;
        return Avalanche(hash);
    }

    /// <summary>Mixes a second number into a hash.</summary>
    public static ulong With(ulong hash, ulong value) => Avalanche(Merge(hash, value));

    private static ulong Stripes(ref ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
        for (; bytes.Length >= StripeBytes; bytes = bytes[StripeBytes..])
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
        }

        ulong hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
            + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        return Merge(Merge(Merge(Merge(hash, a), b), c), d);
    }

    private static ulong Round(ulong accumulator, ulong input) => BitOperations.RotateLeft(accumulator + input * P2, 31) * P1;

    private static ulong Merge(ulong hash, ulong value) => (hash ^ Round(0, value)) * P1 + P4;

    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * P2;
        hash = (hash ^ (hash >> 29)) * P3;
        return hash ^ (hash >> 32);
    }
}
