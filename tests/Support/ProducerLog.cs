using System.Security.Cryptography;

namespace SslAgent.Support;

/// <summary>What a producer knows of one message that the broker acknowledged.</summary>
/// <param name="ValueDigest">SHA-256 of the value as sent, hexadecimal.</param>
/// <param name="ContentDigest">SHA-256 of the content that must come of it (<see cref="ProducerLog.ContentDigestOf"/>), or null where it must be refused.</param>
internal sealed record ProducedMessage(string Topic, int Partition, long Offset, string ValueDigest, string? ContentDigest)
{
    /// <summary>What tells a producer's retry (<see cref="ProducerLog.KeyOf"/>); null where the message has no id.</summary>
    public string? Key { get; init; }

    /// <summary>SHA-256 of its text or caption; null where it has none.</summary>
    public string? TextDigest { get; init; }
}

/// <summary>The producer's own log, kept outside the agent: what the journal is held against. Safe from any thread.</summary>
internal sealed class ProducerLog
{
    private readonly Lock _gate = new();
    private readonly List<ProducedMessage> _messages = [];

    public IReadOnlyList<ProducedMessage> Messages
    {
        get
        {
            lock (_gate) return [.. _messages];
        }
    }

    public void Add(ProducedMessage message)
    {
        lock (_gate) _messages.Add(message);
    }

    /// <summary>The same for two messages exactly where the second is a retry of the first; null without an id.</summary>
    public static string? KeyOf(string source, string? id) => id is null ? null : $"{source}\n{id}";

    public static string DigestOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>One digest over both halves, each with its length before it, so that no byte can change sides. A half that is not there has length -1.</summary>
    public static string ContentDigestOf(byte[]? rgb, byte[]? utf8)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[]? half in (byte[]?[])[rgb, utf8])
        {
            hash.AppendData(BitConverter.GetBytes(half?.Length ?? -1));
            if (half is not null) hash.AppendData(half);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
