using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Domain;

namespace SslAgent.Continual.Tests.Streams;

/// <summary>What is asked about is never learned from.</summary>
public sealed class StreamTests
{
    private static readonly DataFolders Folders = Places.Data(new Arguments());

    public static TheoryData<string> Shipped => [.. StreamCatalog.All.Where(stream => stream.Needs.Count == 0).Select(stream => stream.Name)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void No_test_item_is_in_the_stream_and_eras_follow_its_order(string name)
    {
        StreamSpec spec = StreamCatalog.Find(name);
        StreamData data = spec.Load(Folders);
        HashSet<string> streamed = [.. data.Items.Select(item => Content(item.Frame, item.Text, spec))];
        // Nine emoji pictures are drawn twice under two names; no line is.
        int twice = data.Tasks[0].Test.Count(one => streamed.Contains(Content(one.Frame, one.Text, spec)));
        Assert.InRange(twice, 0, name.StartsWith("emoji", StringComparison.Ordinal) ? 9 : 0);
        HeldOut heldOut = HeldOut.Of(spec, data.Thinned(1200), 1, BenchSetting.VocabularySize, TimeProvider.System);
        Assert.Equal(heldOut.Eras.Select(era => era.Number).Order(), heldOut.SeenFrom.OrderBy(era => era.Value).ThenBy(era => era.Key).Select(era => era.Key));
        Assert.True(heldOut.Count > 50, $"{name}: {heldOut.Count} sentinels");
        Assert.Equal(777, Enumerable.Range(0, heldOut.Cycles).Sum(cycle => heldOut.StepsOf(cycle, 777)));
    }

    [Fact]
    public void A_stream_without_its_data_says_what_is_missing_and_which_option_helps()
    {
        string lack = Assert.IsType<string>(StreamCatalog.Find("photos").Lacks(Folders with { Data = "nowhere" }));
        Assert.Contains("trashnet64", lack, StringComparison.Ordinal);
        Assert.Contains("--data", lack, StringComparison.Ordinal);
    }

    private static string Content(Frame? frame, Text? text, StreamSpec spec) =>
        frame is not null ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(frame.Rgb)) : $"{spec.Name} {text}";
}
