using SslAgent.Domain;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>A mutated message, and how it came to be.</summary>
/// <param name="Preset">Which of the decoders under test gets it.</param>
internal sealed record HostileMessage(long Number, int Preset, string Story, Delivery Delivery);

/// <summary>
/// Valid messages, mutated: message n is a function of (seed, n) alone. One in twenty stays as it is, so that the good way is walked among the bad.
/// </summary>
internal static class HostileStream
{
    public const int Presets = 3, Partitions = 2;

    /// <summary>Topics and partitions take turns, so coordinates are dense: message n is the only one at its place.</summary>
    public static SourceOffset PlaceOf(long number)
    {
        int lane = (int)(number % (Presets * Partitions));
        return new SourceOffset($"hostile-{lane / Partitions}", lane % Partitions, 0, number / (Presets * Partitions));
    }

    public static HostileMessage Make(long seed, long number)
    {
        var chance = new Chance(seed, number);
        Specimen specimen = chance.Pick(Specimens.All);
        string story = specimen.Name;
        byte[] copy = [.. specimen.Value];
        for (int edits = chance.OneIn(20) ? 0 : 1 + chance.Size(6); edits > 0; edits--) (copy, story) = Mutate(chance, specimen.Kind, copy, story);
        byte[]? value = copy;
        if (chance.OneIn(200)) (value, story) = chance.OneIn(2) ? (null, $"{story}, null") : (Array.Empty<byte>(), $"{story}, empty");
        SourceOffset at = PlaceOf(number);
        var delivery = new Delivery(at, HeaderMutations.KafkaTime(chance), HeaderMutations.Key(chance), value, HeaderMutations.Headers(chance, specimen.Headers));
        return new HostileMessage(number, (int)(number % (Presets * Partitions)) / Partitions, story, delivery);
    }

    private static (byte[] Value, string Story) Mutate(Chance chance, ValueKind kind, byte[] value, string story)
    {
        switch (chance.Below(10))
        {
            case 0:
                Specimen other = chance.Pick(Specimens.All);
                return (ByteMutations.Splice(chance, value, other.Value), $"{story}, spliced with {other.Name}");
            case < 5:
                return (ByteMutations.Mutate(chance, value), story + ", bytes");
            default:
                byte[] mutated = kind switch
                {
                    ValueKind.Contract => MessagePackMutations.Mutate(chance, value),
                    ValueKind.Json => JsonMutations.Mutate(chance, value),
                    ValueKind.Text => TextMutations.Mutate(chance, value),
                    _ => PictureMutations.Mutate(chance, kind, value),
                };
                return (mutated, $"{story}, {kind}");
        }
    }
}
