using System.Numerics;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// An order of so many things of which any place can be asked for without making the others: a Feistel network over the next power of four, walked until it falls among them
/// (Luby and Rackoff 1988; cycle walking: Black and Rogaway 2002). The same key gives the same order for ever.
/// </summary>
internal readonly struct Permutation
{
    /// <summary>Four make a network of large halves look like chance; halves of few bits take more.</summary>
    private const int Rounds = 8;

    private readonly int _count, _halfBits;
    private readonly uint _half, _salt0, _salt1;

    public Permutation(int count, DrawKey key)
    {
        Check.That(count > 0, "an order has a first place");
        var chance = new Philox(key with { Stream = ChanceStream.Order });
        (_salt0, _salt1) = (chance.NextUInt32(), chance.NextUInt32());
        _count = count;
        _halfBits = Math.Max(1, (33 - BitOperations.LeadingZeroCount((uint)(count - 1))) / 2);
        _half = (1u << _halfBits) - 1;
    }

    /// <summary>What stands at that place.</summary>
    public int At(int place)
    {
        Check.That((uint)place < (uint)_count, "a place is among those that there are");
        var at = (uint)place;
        do at = Step(at);
        while (at >= (uint)_count);
        return (int)at;
    }

    private uint Step(uint at)
    {
        (uint left, uint right) = (at >> _halfBits, at & _half);
        for (uint round = 0; round < Rounds; round++) (left, right) = (right, left ^ (Mixed(right, round) & _half));
        return (left << _halfBits) | right;
    }

    /// <summary>MurmurHash3's last mixing of 32 bits, salted.</summary>
    private uint Mixed(uint value, uint round)
    {
        uint mixed = ((value ^ _salt0) * 0x9E3779B1) + (round * _salt1) + round;
        mixed = (mixed ^ (mixed >> 16)) * 0x85EBCA6B;
        mixed = (mixed ^ (mixed >> 13)) * 0xC2B2AE35;
        return mixed ^ (mixed >> 16);
    }
}
