namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>One message's dice: a function of the seed and the message's number, so each message can be made again alone.</summary>
internal sealed class Chance
{
    private readonly Random _random;

    public Chance(long seed, long number) => _random = new Random((int)Mix((ulong)seed * 0x9E3779B97F4A7C15 ^ (ulong)number));

    public int Below(int bound) => _random.Next(bound);

    public int Between(int low, int high) => _random.Next(low, high + 1);

    public long Long() => _random.NextInt64(long.MinValue, long.MaxValue);

    public bool OneIn(int n) => _random.Next(n) == 0;

    public T Pick<T>(IReadOnlyList<T> among) => among[_random.Next(among.Count)];

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Small numbers often, large ones now and then: sizes as nature has them.</summary>
    public int Size(int max) => _random.Next(1 + (max >> _random.Next(12)));

    /// <summary>The finaliser of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return (value ^ (value >> 31)) & int.MaxValue;
    }
}
