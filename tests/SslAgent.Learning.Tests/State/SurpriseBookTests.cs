using SslAgent.Learning.State;

namespace SslAgent.Learning.Tests.State;

public sealed class SurpriseBookTests
{
    [Fact]
    public void A_young_mean_is_a_plain_one_and_an_old_one_follows_slowly()
    {
        var book = new SurpriseBook();
        book.Note("b", 3);
        for (var number = 1; number <= 50; number++) book.Note("a", number);
        Assert.Equal(["a", "b"], book.Sources.Select(source => source.Source));
        Assert.Equal(25.5, book.Sources[0].Error, 1e-9);
        for (var number = 0; number < 1000; number++) book.Note("a", 7);
        Assert.Equal(7, book.Sources[0].Error, 0.01);
        Assert.Equal((1050L, 1L), (book.Sources[0].Windows, book.Sources[1].Windows));
    }

    [Fact]
    public void What_is_not_finite_is_not_noted_and_sources_beyond_the_bound_are_left_out()
    {
        var book = new SurpriseBook();
        book.Note("a", double.NaN);
        book.Note("a", double.PositiveInfinity);
        Assert.Empty(book.Sources);
        for (var number = 0; number < 400; number++) book.Note($"source {number}", number);
        Assert.Equal(256, book.Sources.Count);
        book.Note("source 0", 2);
        Assert.Equal(1, book.Sources[0].Error, 1e-9);
    }

    [Fact]
    public void It_becomes_what_was_stored()
    {
        var book = new SurpriseBook();
        book.Note("a", 1);
        var again = new SurpriseBook();
        again.Note("b", 4);
        again.Become(book.Sources);
        Assert.Equal(book.Sources, again.Sources);
    }
}
