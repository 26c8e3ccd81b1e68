using SslAgent.Demo;
using SslAgent.Domain;

namespace SslAgent.Tests.Demo;

public sealed class DemoTimelineTests
{
    private static readonly IReadOnlyList<EmojiPair> Pairs = EmojiSet.Load(AssetsFolder.Emoji);
    private static readonly IReadOnlyList<LogSet> Logs = LogSet.Load(AssetsFolder.Logs);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(100);
    private static readonly IReadOnlyList<DemoEvent> Timeline = DemoTimeline.Of(Pairs, Logs, Length);

    [Fact]
    public void No_held_out_pair_is_ever_streamed_and_every_other_one_is_once()
    {
        DemoEvent[] pictures = [.. Timeline.Where(item => item.Picture is not null && !item.IsDamaged)];

        Assert.DoesNotContain(pictures, item => item.Picture!.IsHeldOut);
        Assert.Equal(1870 - 374, pictures.Select(item => item.Picture!.Index).Distinct().Count());
        Assert.Equal(1870 - 374, pictures.Length);
    }

    [Fact]
    public void No_line_of_the_exam_is_streamed()
    {
        Era exam = Assert.Single(new HeldOutSource(Pairs, Logs).Eras);
        int heldOut = exam.Texts - exam.Pairs;

        Assert.Equal(Logs.Sum(log => log.Lines.Count) - heldOut, Timeline.Count(item => item.Line is not null));
        Assert.InRange(heldOut, Logs.Sum(log => log.Lines.Count) / 25, Logs.Sum(log => log.Lines.Count) / 15);
    }

    [Fact]
    public void Groups_and_programs_arrive_one_after_the_other_over_the_whole_length()
    {
        string[] sources = [.. Timeline.Where(item => item.Picture is not null && !item.IsDamaged).Select(item => item.Source)];

        Assert.Equal(8, sources.Zip(sources.Skip(1)).Count(both => both.First != both.Second));
        Assert.Equal(TimeSpan.Zero, Timeline[0].Due);
        Assert.InRange(Timeline[^1].Due, Length * 0.99, Length);
        Assert.Equal(Timeline.OrderBy(item => item.Due).Select(item => item.Due), Timeline.Select(item => item.Due));
    }

    [Fact]
    public void Ids_are_unique_within_their_source()
    {
        Assert.Equal(Timeline.Count, Timeline.Select(item => (item.Source, item.Id)).Distinct().Count());
    }

    [Fact]
    public void A_few_pictures_are_sent_damaged()
    {
        Assert.InRange(Timeline.Count(item => item.IsDamaged), 10, 20);
    }

    [Fact]
    public void The_exam_has_the_374_pairs_their_words_and_the_lines_kept_back()
    {
        HeldOutSource exam = new(Pairs, Logs);

        Batch pairs = exam.Read(0, Modality.Pair, 10_000), frames = exam.Read(0, Modality.Frame, 10), texts = exam.Read(0, Modality.Text, 10_000);

        Assert.Equal((374, 374, 374), (pairs.Ids.Count, pairs.Frames.Count, pairs.Texts.Count));
        Assert.Equal((10, 10, 0), (frames.Ids.Count, frames.Frames.Count, frames.Texts.Count));
        Assert.Equal((exam.Eras[0].Texts, 0, exam.Eras[0].Texts), (texts.Ids.Count, texts.Frames.Count, texts.Texts.Count));
        Assert.True(texts.Texts.Count > 1000);
    }
}
