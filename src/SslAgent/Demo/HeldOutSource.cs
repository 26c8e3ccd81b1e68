using System.Text;
using SslAgent.Domain;

namespace SslAgent.Demo;

/// <summary>
/// The demo's own exam, which the agent never saw: the 374 test pairs by group and the lines that were kept back by program, as eras. Asked of the untrained
/// model and of the final one with the same masks.
/// </summary>
internal sealed class HeldOutSource : ISentinelSource
{
    private readonly List<Entry> _eras;

    private HeldOutSource(List<Entry> eras) => _eras = eras;

    public IReadOnlyList<Era> Eras =>
        [.. _eras.Select((era, number) => new Era(number, era.Name, era.Pairs.Count, era.Texts.Count, era.Pairs.Count))];

    /// <summary>One era a group of emoji, then one a program.</summary>
    public static HeldOutSource ByEra(IReadOnlyList<EmojiPair> pairs, IReadOnlyList<LogSet> logs)
    {
        List<Entry> eras = [.. pairs.Where(pair => pair.IsHeldOut).GroupBy(pair => pair.Group).Select(group => Entry.Of(group.Key, [.. group]))];
        eras.AddRange(logs.Select(log => Entry.Of($"log lines of {log.Program}", log.Lines.Where((_, row) => DemoTimeline.IsHeldOut(row)))));
        return new HeldOutSource(eras);
    }

    /// <summary>All test pairs as one pool, for retrieval.</summary>
    public static HeldOutSource OnePool(IReadOnlyList<EmojiPair> pairs) => new([Entry.Of("all test pairs", [.. pairs.Where(pair => pair.IsHeldOut)])]);

    public Batch Read(int era, Modality modality, int countMax)
    {
        Entry entry = _eras[era];
        int count = Math.Min(countMax, modality == Modality.Text ? entry.Texts.Count : entry.Pairs.Count);
        return new Batch(
            modality,
            [.. Enumerable.Range(0, count).Select(row => new SampleId(((long)era << 32) + row))],
            modality == Modality.Text ? [] : [.. entry.Pairs.Take(count).Select(pair => pair.Frame)],
            modality switch
            {
                Modality.Frame => [],
                Modality.Text => [.. entry.Texts.Take(count)],
                _ => [.. entry.Pairs.Take(count).Select(pair => new Text(Encoding.UTF8.GetBytes(pair.Caption)))],
            });
    }

    private sealed record Entry(string Name, IReadOnlyList<EmojiPair> Pairs, IReadOnlyList<Text> Texts)
    {
        public static Entry Of(string name, IReadOnlyList<EmojiPair> pairs) => new(name, pairs, ToTexts(pairs.Select(pair => pair.Caption)));

        public static Entry Of(string name, IEnumerable<string> lines) => new(name, [], ToTexts(lines));

        private static Text[] ToTexts(IEnumerable<string> lines) => [.. lines.Select(line => new Text(Encoding.UTF8.GetBytes(line)))];
    }
}
