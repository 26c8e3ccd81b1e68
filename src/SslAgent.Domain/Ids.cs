using System.Globalization;

namespace SslAgent.Domain;

/// <summary>A sample's identity: the sequence number of its admission record in the journal. Never reused.</summary>
public readonly record struct SampleId(long Sequence) : IComparable<SampleId>
{
    public int CompareTo(SampleId other) => Sequence.CompareTo(other.Sequence);

    public override string ToString() => $"#{Sequence}";

    public static bool operator <(SampleId left, SampleId right) => left.Sequence < right.Sequence;

    public static bool operator >(SampleId left, SampleId right) => left.Sequence > right.Sequence;

    public static bool operator <=(SampleId left, SampleId right) => left.Sequence <= right.Sequence;

    public static bool operator >=(SampleId left, SampleId right) => left.Sequence >= right.Sequence;
}

/// <summary>A training cycle. Numbers start at 1, rise by one and never repeat in a lineage, so no chance key is drawn twice.</summary>
public readonly record struct CycleNumber(int Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An optimizer step inside one cycle, counted from 0.</summary>
public readonly record struct StepNumber(int Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A published version of the model, printed as <c>v41</c>. Numbers start at 1 and are never reused.</summary>
public readonly record struct ModelVersion(int Number) : IComparable<ModelVersion>
{
    public int CompareTo(ModelVersion other) => Number.CompareTo(other.Number);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"v{Number}");

    /// <summary>Reads <c>v41</c> or <c>41</c>.</summary>
    public static bool TryParse(string? text, out ModelVersion version)
    {
        ReadOnlySpan<char> digits = (text ?? "").AsSpan().Trim();
        if (digits.Length > 0 && (digits[0] is 'v' or 'V')) digits = digits[1..];
        bool ok = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0;
        version = ok ? new ModelVersion(number) : default;
        return ok;
    }

    public static bool operator <(ModelVersion left, ModelVersion right) => left.Number < right.Number;

    public static bool operator >(ModelVersion left, ModelVersion right) => left.Number > right.Number;

    public static bool operator <=(ModelVersion left, ModelVersion right) => left.Number <= right.Number;

    public static bool operator >=(ModelVersion left, ModelVersion right) => left.Number >= right.Number;
}

/// <summary>
/// Where Kafka delivered a message. The epoch rises when a partition's offsets start to mean other messages
/// (a re-created topic, a rewind), so the four together never name two messages.
/// </summary>
public readonly record struct SourceOffset(string Topic, int Partition, int Epoch, long Offset)
{
    public override string ToString() =>
        Epoch == 0 ? $"{Topic}/{Partition}@{Offset}" : $"{Topic}/{Partition}@{Offset} (epoch {Epoch})";
}
