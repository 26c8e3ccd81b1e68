using SslAgent.Demo;

namespace SslAgent.Tests.Demo;

public sealed class EmojiSetTests
{
    private static readonly IReadOnlyList<EmojiPair> Pairs = EmojiSet.Load(AssetsFolder.Emoji);

    [Fact]
    public void There_are_1870_pairs_in_nine_groups_of_which_374_are_held_out()
    {
        Assert.Equal(1870, Pairs.Count);
        Assert.Equal(374, Pairs.Count(pair => pair.IsHeldOut));
        Assert.Equal(9, Pairs.Select(pair => pair.Group).Distinct().Count());
    }

    [Fact]
    public void Groups_are_contiguous_so_that_the_streams_world_changes()
    {
        int changes = Pairs.Zip(Pairs.Skip(1)).Count(both => both.First.Group != both.Second.Group);

        Assert.Equal(8, changes);
    }

    [Fact]
    public void A_caption_is_the_name_and_the_keywords_that_add_to_it()
    {
        Assert.Equal("grinning face, face, grin", Pairs[0].Caption);
        Assert.All(Pairs, pair => Assert.StartsWith(pair.Name, pair.Caption));
    }

    [Fact]
    public void Pictures_are_64_by_64_on_white_and_differ()
    {
        Assert.All(Pairs, pair => Assert.Equal((64, 64, 64 * 64 * 3), (pair.Frame.Width, pair.Frame.Height, pair.Frame.Rgb.Length)));
        EmojiPair grinning = Pairs[0];
        Assert.Equal([255, 255, 255], grinning.Frame.Rgb[..3]);
        int middle = ((32 * 64) + 32) * 3;
        Assert.True(grinning.Frame.Rgb[middle] > 200 && grinning.Frame.Rgb[middle + 2] < 150, "a grinning face is yellow in the middle");
        Assert.Equal(1870 - 9, Pairs.Select(pair => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(pair.Frame.Rgb))).Distinct().Count());
    }

    [Fact]
    public void Sources_are_named_after_their_group()
    {
        Assert.Equal("emoji/food-drink", EmojiPair.SourceOf("Food & Drink"));
        Assert.Equal("emoji/flags", EmojiPair.SourceOf("Flags"));
    }
}
