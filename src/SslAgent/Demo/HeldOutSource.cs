using System.Text;
using SslAgent.Domain;

namespace SslAgent.Demo;

/// <summary>
/// The demo's own exam, which the agent never saw: the 374 test pairs, and the lines that were kept back, as one era, so that what
/// knowing nothing costs is measured on all of it at once. Asked of the untrained model and of the final one with the same masks.
/// </summary>
internal sealed class HeldOutSource : ISentinelSource
{
    private readonly IReadOnlyList<EmojiPair> _pairs;
    private readonly IReadOnlyList<Text> _captions, _texts;

    public HeldOutSource(IReadOnlyList<EmojiPair> pairs, IReadOnlyList<LogSet> logs)
    {
        _pairs = [.. pairs.Where(pair => pair.IsHeldOut)];
        _captions = ToTexts(_pairs.Select(pair => pair.Caption));
        _texts = [.. _captions, .. ToTexts(logs.SelectMany(log => log.Lines.Where((_, row) => DemoTimeline.IsHeldOut(row))))];
    }

    public IReadOnlyList<Era> Eras => [new Era(0, "held out", _pairs.Count, _texts.Count, _pairs.Count)];

    public Batch Read(int era, Modality modality, int countMax)
    {
        Check.That(era == 0, "the exam is one era");
        int count = Math.Min(countMax, modality == Modality.Text ? _texts.Count : _pairs.Count);
        return new Batch(
            modality,
            [.. Enumerable.Range(0, count).Select(row => new SampleId(row))],
            modality == Modality.Text ? [] : [.. _pairs.Take(count).Select(pair => pair.Frame)],
            modality switch
            {
                Modality.Frame => [],
                Modality.Text => [.. _texts.Take(count)],
                _ => [.. _captions.Take(count)],
            });
    }

    private static Text[] ToTexts(IEnumerable<string> lines) => [.. lines.Select(line => new Text(Encoding.UTF8.GetBytes(line)))];
}
