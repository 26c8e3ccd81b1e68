namespace SslAgent.Domain;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
/// Key = the seed's 64 bits; counter = (block, cycle, step, stream and part). A mutable struct: pass it by reference.
/// </summary>
public struct Philox
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    private const int Rounds = 10, PartBits = 24;

    private readonly uint _key0, _key1, _cycle, _step, _streamAndPart;
    private uint _block, _a, _b, _c, _d;
    private int _left;

    public Philox(DrawKey key)
    {
        Check.That(key.Part is >= 0 and < 1 << PartBits, "a draw's part fits 24 bits");
        _key0 = (uint)key.Seed;
        _key1 = (uint)(key.Seed >> 32);
        _cycle = (uint)key.Cycle;
        _step = (uint)key.Step;
        _streamAndPart = ((uint)key.Stream << PartBits) | (uint)key.Part;
    }

    public uint NextUInt32()
    {
        if (_left == 0) NextBlock();
        return _left-- switch { 4 => _a, 3 => _b, 2 => _c, _ => _d };
    }

    public ulong NextUInt64() => ((ulong)NextUInt32() << 32) | NextUInt32();

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [0, bound), without bias (Lemire 2019).</summary>
    public int NextInt(int bound)
    {
        Check.That(bound > 0, "a draw needs at least one outcome");
        ulong product = (ulong)NextUInt32() * (uint)bound;
        uint low = (uint)product;
        if (low < (uint)bound)
        {
            uint threshold = (uint)((0x1_0000_0000UL - (ulong)bound) % (ulong)bound);
            while (low < threshold)
            {
                product = (ulong)NextUInt32() * (uint)bound;
                low = (uint)product;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Fisher-Yates; every order is equally likely.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>One block of the generator for a raw counter and key: the reference function that the known-answer test checks.</summary>
    public static (uint A, uint B, uint C, uint D) Block((uint A, uint B, uint C, uint D) counter, (uint K0, uint K1) key)
    {
        (uint a, uint b, uint c, uint d) = counter;
        (uint k0, uint k1) = key;
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * a, p1 = (ulong)Multiplier1 * c;
            (a, b, c, d) = ((uint)(p1 >> 32) ^ b ^ k0, (uint)p1, (uint)(p0 >> 32) ^ d ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (a, b, c, d);
    }

    private void NextBlock()
    {
        (_a, _b, _c, _d) = Block((_block++, _cycle, _step, _streamAndPart), (_key0, _key1));
        _left = 4;
    }
}
