using System.Text.Json.Nodes;
using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class EraBookTests
{
    private static ProbeReport At(double loss) => Some.Probe(Some.Era(0, loss));

    [Fact]
    public void Only_promoted_versions_count()
    {
        EraBook book = EraBook.Empty
            .After(Some.Manifest(1, null, VerdictKind.Promote, At(0.6)))
            .After(Some.Manifest(2, 1, VerdictKind.Hold, At(0.3)))
            .After(Some.Manifest(3, 2, VerdictKind.Reject, At(0.2)));
        Assert.Equal(1, book.Promotions);
        Assert.Equal(0.6, book.Find(0, "mae")!.Loss);
    }

    [Fact]
    public void After_a_rollback_what_the_abandoned_line_reached_no_longer_counts()
    {
        Dictionary<int, VersionManifest> versions = new[]
        {
            Some.Manifest(1, null, VerdictKind.Promote, At(0.60)),
            Some.Manifest(2, 1, VerdictKind.Promote, At(0.55)),
            Some.Manifest(3, 2, VerdictKind.Promote, At(0.40)),
            Some.Manifest(4, 2, VerdictKind.Promote, At(0.55), VersionKind.Rollback, rolledBackTo: 2),
            Some.Manifest(5, 4, VerdictKind.Promote, At(0.54)),
        }.ToDictionary(manifest => manifest.Version.Number);
        VersionManifest? Find(ModelVersion version) => versions.GetValueOrDefault(version.Number);

        EraReference best = EraBook.Along(new ModelVersion(5), Find).Find(0, "mae")!;
        Assert.Equal((0.54, 3, new ModelVersion(5)), (best.Loss, best.Promotions, best.Version));
        Assert.Equal(0.40, EraBook.Along(new ModelVersion(3), Find).Find(0, "mae")!.Loss);

        versions.Remove(1);
        Assert.Equal(2, EraBook.Along(new ModelVersion(5), Find).Promotions);
    }

    [Fact]
    public void A_held_version_that_was_accepted_begins_a_new_book()
    {
        VersionManifest held = Some.Manifest(2, 1, VerdictKind.Hold, At(0.8));
        EraBook book = EraBook.Empty
            .After(Some.Manifest(1, null, VerdictKind.Promote, At(0.6)))
            .After(held)
            .After(Some.Manifest(3, 2, VerdictKind.Promote, At(0.8), VersionKind.Accept, rolledBackTo: 2));
        Assert.Equal((1, 0.8, new ModelVersion(3)), (book.Promotions, book.Find(0, "mae")!.Loss, book.Find(0, "mae")!.Version));
        Assert.Empty(book.EarlierFeatures);
        Assert.Equal(EraBookJson.Write(book), EraBookJson.Write(EraBook.Accepted(new ModelVersion(3), held)));
        Assert.Equal(VerdictKind.Promote, Some.Judge(Some.Input(At(0.8), book)).Kind);
    }

    /// <summary>How long nothing was better tells how lucky the best is: the mean over eras goes by it.</summary>
    [Fact]
    public void It_counts_the_versions_since_that_did_not_beat_an_eras_best()
    {
        Assert.Equal([0, 0, 1, 2, 0, 1], Unbeaten(0.6, 0.5, 0.52, 0.5, 0.49, 0.5));

        static IEnumerable<int> Unbeaten(params double[] losses)
        {
            EraBook book = EraBook.Empty;
            foreach (double loss in losses)
            {
                book = book.Promoted(new ModelVersion(1 + book.Promotions), At(loss), null);
                yield return book.Find(0, "mae")!.Unbeaten;
            }
        }
    }

    [Fact]
    public void Other_sentinels_start_the_era_afresh()
    {
        EraBook other = Some.Book(Some.Era(0, 0.4, set: 1)).Promoted(new ModelVersion(2), Some.Probe(Some.Era(0, 0.5, set: 2)), null);
        Assert.Equal((0.5, 2L, 1), (other.Find(0, "mae")!.Loss, other.Find(0, "mae")!.Set, other.Find(0, "mae")!.Promotions));
        EraBook book = Some.Book(Some.Era(0, 0.4, count: 10)).Promoted(new ModelVersion(2), Some.Probe(Some.Era(0, 0.5, count: 20)), null);
        Assert.Equal((0.5, 20, 1), (book.Find(0, "mae")!.Loss, book.Find(0, "mae")!.Count, book.Find(0, "mae")!.Promotions));
    }

    [Fact]
    public void Eras_that_are_gone_are_forgotten_in_the_end_so_the_book_is_bounded()
    {
        EraBook book = EraBook.Empty;
        for (int version = 1; version <= 1000; version++)
            book = book.Promoted(new ModelVersion(version), Some.Probe(Some.Era(version, 0.5), Some.Era(version + 1, 0.5)), null);
        Assert.InRange(book.Eras.Count, 2, 70);
        Assert.NotNull(book.Find(1000, "mae"));
        Assert.Null(book.Find(900, "mae"));
    }

    [Fact]
    public void What_towers_were_is_remembered_as_far_as_fifteen_promoted_versions_back()
    {
        EraBook book = EraBook.Empty;
        for (int version = 1; version <= 40; version++)
            book = book.Promoted(new ModelVersion(version), new ProbeReport([], [Some.Tower(rank: version), Some.Tower("text", rank: 100 + version)], null), null);
        Assert.Equal(Enumerable.Range(26, 15).Select(rank => (double)rank), Ranks("frames"));
        Assert.Equal(Enumerable.Range(126, 15).Select(rank => (double)rank), Ranks("text"));
        book = book.Promoted(new ModelVersion(41), new ProbeReport([], [Some.Tower(rank: 41)], null), null);
        Assert.Equal((27.0, 126.0, 140.0), (Ranks("frames").First(), Ranks("text").First(), Ranks("text").Last()));

        IEnumerable<double> Ranks(string tower) => RanksOf(book, tower);
    }

    [Fact]
    public void A_book_of_a_release_that_remembered_only_the_last_towers_and_no_rises_is_gone_on_with()
    {
        JsonNode old = Check.NotNull(JsonNode.Parse(EraBookJson.Write(Some.Book(Some.Era(0, 0.5)))), "a book is an object");
        JsonObject inner = Check.NotNull(old["book"], "an envelope has a book").AsObject();
        Assert.True(inner.Remove("earlierFeatures") && inner.Remove("peaks"));
        EraBook book = EraBookJson.Read(System.Text.Encoding.UTF8.GetBytes(old.ToJsonString()));
        Assert.Equal(40, Assert.Single(RanksOf(book, "frames")));
        Assert.Null(book.UsualRise("mae"));
        Assert.Equal([40.0, 30], RanksOf(book.Promoted(new ModelVersion(2), new ProbeReport([], [Some.Tower(rank: 30)], null), null), "frames"));
    }

    /// <summary>A tower's in the promoted versions that are remembered, oldest first, the last one included.</summary>
    private static IEnumerable<double> RanksOf(EraBook book, string tower) =>
        book.EarlierFeatures.Concat(book.Features).Where(health => health.Tower == tower).Select(health => health.EffectiveRank);

    [Fact]
    public void A_book_survives_its_bytes_and_the_same_book_gives_the_same_bytes()
    {
        EraBook book = Some.Book(Some.Era(1, 0.123456789012345), Some.Era(0, 3.5, "mlm")).Promoted(new ModelVersion(7), Some.Probe(Some.Era(1, 0.1)), Some.Report(Some.Summary() with { Peak = new LossPeak(0.25, 0.125) }));
        byte[] bytes = EraBookJson.Write(book);
        Assert.Equal((1, 0.25), (EraBookJson.Read(bytes).EarlierFeatures.Count, EraBookJson.Read(bytes).UsualRise("mae")));
        Assert.Equal(bytes, EraBookJson.Write(EraBookJson.Read(bytes)));
        Assert.Equivalent(book.Eras, EraBookJson.Read(bytes).Eras, strict: true);
        Assert.Contains("\"v7\"", System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"format":2,"book":{"promotions":1,"eras":[],"features":[],"gradients":[]}}""")]
    [InlineData("""{"format":1,"book":null}""")]
    public void What_is_no_book_is_refused_by_name(string text)
    {
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => EraBookJson.Read(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Contains("guard.json", fault.Message, StringComparison.Ordinal);
    }
}
