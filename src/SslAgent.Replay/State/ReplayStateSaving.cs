using System.Security.Cryptography;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The state as bytes, and its digest. What is written here is read here, field by field in the same order.</summary>
public sealed partial class ReplayState
{
    /// <summary>Writes <c>replay.bin</c>: format in docs/formats/journal.md.</summary>
    public void Save(Stream to) => StateFile.Write(to, Payload());

    /// <summary>Reads what <see cref="Save"/> wrote, under the same seed; smaller limits than then take effect at once.</summary>
    public static ReplayState Load(Stream from, ReplayOptions options, ulong seed)
    {
        var state = new ReplayState(options, seed);
        using var reader = new BinaryReader(new MemoryStream(StateFile.Read(from)));
        ulong savedSeed = reader.ReadUInt64();
        if (savedSeed != seed)
        {
            throw new StateFormatException($"replay.bin was folded under seed {savedSeed}, the configuration says {seed}");
        }

        state.Load(reader);
        return state;
    }

    /// <summary>sha256 of the whole state, lower-case hex: equal means equal in everything.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(Payload()));

    private byte[] Payload()
    {
        var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(_seed);
        to.Write(Position);
        to.Write(LastCycle?.Value ?? 0);
        to.Write(TokenizerFrozenAt ?? -1);
        to.Write(TrainableAdmitted);
        to.Write(SentinelsAdmitted);
        to.Write(Rejected);
        to.Write(TextBytesAdmitted);
        to.Write(TrainableSinceCycle);
        to.Write(_trainableInCycle);
        to.Write(CompleteFrom);
        PartitionTable.Save(to, _inCycle);
        PartitionTable.Save(to, Learned);
        to.Write(_skipped.Length);
        foreach (long count in _skipped) to.Write(count);
        _partitions.Save(to);
        _retries.Save(to);
        _denied.Save(to);
        _memory.Save(to);
        to.Write(OpenCycle is not null);
        OpenCycle?.Save(to);
        to.Flush();
        return bytes.ToArray();
    }

    private void Load(BinaryReader from)
    {
        Position = from.ReadInt64();
        LastCycle = from.ReadInt32() is > 0 and int cycle ? new CycleNumber(cycle) : null;
        TokenizerFrozenAt = from.ReadInt64() is >= 0 and long frozenAt ? frozenAt : null;
        TrainableAdmitted = from.ReadInt64();
        SentinelsAdmitted = from.ReadInt64();
        Rejected = from.ReadInt64();
        TextBytesAdmitted = from.ReadInt64();
        TrainableSinceCycle = from.ReadInt64();
        _trainableInCycle = from.ReadInt64();
        CompleteFrom = from.ReadInt64();
        _inCycle = PartitionTable.LoadPositions(from);
        Learned = PartitionTable.LoadPositions(from);
        int reasons = from.ReadInt32();
        for (int i = 0; i < reasons; i++) _skipped[i] = from.ReadInt64();
        _partitions.Load(from);
        _retries.Load(from);
        _denied.Load(from);
        _memory.Load(from);
        if (from.ReadBoolean()) OpenCycle = OpenCycle.Load(from);
    }
}
