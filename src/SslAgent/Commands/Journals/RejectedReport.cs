using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SslAgent.Domain;

namespace SslAgent.Commands.Journals;

/// <summary>One rejected message.</summary>
/// <param name="Sequence">Its number in the journal.</param>
/// <param name="Time">Kafka's timestamp.</param>
/// <param name="Source">Who sent it, as far as its envelope can be read.</param>
/// <param name="Stage">What it failed at: envelope, limits, frame, text.</param>
/// <param name="Reason">With value, limit and unit.</param>
/// <param name="Bytes">Of its value as it is kept.</param>
/// <param name="Value">How its value begins: text, or hexadecimal where it is none.</param>
internal sealed record RejectedMessage(
    long Sequence, string Topic, int Partition, int Epoch, long Offset, DateTimeOffset Time, string Source, string? Id, string Stage, string Reason, long Bytes, string Value);

/// <summary>How many were rejected for one reason.</summary>
/// <param name="Reason">Numbers and quoted words as <c>…</c>.</param>
internal sealed record RejectedReason(string Stage, string Reason, long Count);

/// <summary>What was rejected.</summary>
/// <param name="Reasons">The most frequent first.</param>
/// <param name="Messages">The last ones, oldest first.</param>
internal sealed record RejectedSummary(long Rejected, IReadOnlyList<RejectedReason> Reasons, IReadOnlyList<RejectedMessage> Messages);

/// <summary>Counts rejected messages by reason and remembers the last ones; both are bounded.</summary>
/// <param name="last">Messages to remember.</param>
internal sealed partial class RejectedReport(int last)
{
    private const int ReasonsMax = 1_000, TextMax = 80, HexBytesMax = 16;

    private readonly Dictionary<(string Stage, string Reason), long> _counts = [];
    private readonly Queue<RejectedMessage> _last = new();
    private long _total;

    public void Add(long sequence, JournalRecord.Rejected rejected, string source, string? id)
    {
        (Delivery delivery, Rejection rejection) = (rejected.Delivery, rejected.Rejection);
        _total++;
        (string, string) kind = (rejection.Stage, Particulars().Replace(rejection.Reason, "…"));
        if (_counts.Count >= ReasonsMax && !_counts.ContainsKey(kind)) kind = (rejection.Stage, "(other)");
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (last == 0) return;
        if (_last.Count == last) _last.Dequeue();
        SourceOffset at = delivery.At;
        _last.Enqueue(new RejectedMessage(
            sequence, at.Topic, at.Partition, at.Epoch, at.Offset, DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(delivery.TimeMs, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())), source, id,
            rejection.Stage, rejection.Reason, delivery.Value?.Length ?? 0, Beginning(delivery.Value ?? [])));
    }

    public RejectedSummary Summary() => new(
        _total,
        [.. _counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key.Stage, StringComparer.Ordinal).ThenBy(count => count.Key.Reason, StringComparer.Ordinal)
            .Select(count => new RejectedReason(count.Key.Stage, count.Key.Reason, count.Value))],
        [.. _last]);

    /// <summary>Fit for a terminal: nothing of it is a control character.</summary>
    private static string Beginning(byte[] value)
    {
        string text = Encoding.UTF8.GetString(value.AsSpan(0, Math.Min(value.Length, TextMax)));
        bool isText = text.Length > 0 && !text.SkipLast(1).Any(c => char.IsControl(c) || c == '\uFFFD');
        if (isText) return $"\"{text.TrimEnd('\uFFFD', '\n', '\r')}\"{(value.Length > TextMax ? "…" : "")}";
        string hex = Convert.ToHexStringLower(value.AsSpan(0, Math.Min(value.Length, HexBytesMax)));
        return value.Length == 0 ? "empty" : string.Create(CultureInfo.InvariantCulture, $"0x{hex}{(value.Length > HexBytesMax ? "…" : "")}");
    }

    [GeneratedRegex(@"'[^']*'|\d+")]
    private static partial Regex Particulars();
}
