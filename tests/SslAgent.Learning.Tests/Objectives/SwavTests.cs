using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What SwAV has beside the other objectives on views (<see cref="ViewObjectiveTests"/>): codes.</summary>
public sealed class SwavTests
{
    private const int Rows = 12, Prototypes = 4;

    [Fact]
    public void Codes_are_what_three_turns_of_evening_out_prototypes_and_rows_give()
    {
        using var scope = NewDisposeScope();
        double[,] expected = Slow(Scores(), Rows);
        float[] codes = Swav.Codes(Matrix(Scores()), ones(Rows), 0.05, 3).data<float>().ToArray();
        for (var row = 0; row < Rows; row++)
            for (var prototype = 0; prototype < Prototypes; prototype++) Assert.Equal(expected[row, prototype], codes[(row * Prototypes) + prototype], 1e-5);
    }

    [Fact]
    public void A_row_has_one_share_in_all_and_every_prototype_nearly_as_much_as_the_others()
    {
        using var scope = NewDisposeScope();
        Tensor codes = Swav.Codes(Matrix(Scores()) * 0.3, ones(Rows), 0.05, 3);
        Assert.All(codes.sum(1).data<float>().ToArray(), share => Assert.Equal(1, share, 1e-5f));
        Assert.All(codes.sum([0]).data<float>().ToArray(), use => Assert.InRange(use, 0.7f * Rows / Prototypes, 1.3f * Rows / Prototypes));
    }

    [Fact]
    public void Rows_that_do_not_count_have_no_share_and_change_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor scores = Matrix(Scores());
        Tensor counts = (arange(Rows) < 7).to_type(ScalarType.Float32);
        Tensor some = Swav.Codes(scores, counts, 0.05, 3), alone = Swav.Codes(scores.narrow(0, 0, 7), ones(7), 0.05, 3);
        Fixture.Near(alone.data<float>().ToArray(), some.narrow(0, 0, 7).contiguous().data<float>().ToArray(), 1e-6f, "codes");
        Assert.Equal(0, some.narrow(0, 7, 5).abs().sum().item<float>());
    }

    [Fact]
    public void One_vector_for_everything_has_even_codes_and_the_trivial_loss()
    {
        using var scope = NewDisposeScope();
        Tensor same = Matrix(Scores()).narrow(0, 0, 1).expand(Rows, Prototypes) * 0.1;
        Tensor codes = Swav.Codes(same, ones(Rows), 0.05, 3);
        Assert.All(codes.contiguous().data<float>().ToArray(), share => Assert.Equal(1f / Prototypes, share, 1e-4f));
        // A network that has collapsed cannot do better than to say nothing.
        Assert.True(Swav.Surprise(same, codes, 0.1).mean().item<float>() >= Math.Log(Prototypes) - 1e-5);
        Assert.Equal(Math.Log(Prototypes), Swav.Surprise(same * 0, codes, 0.1).mean().item<float>(), 1e-5);
    }

    [Fact]
    public void With_a_queue_loss_and_gradients_are_what_PyTorch_gives_too()
    {
        using var fixture = Fixture.OfViews();
        fixture.RequireSameAsPyTorch("swav_queue", Fixture.QueuedSwav.Loss(fixture.Input).Loss, lossTolerance: 2e-4f, gradientTolerance: 1e-4f);
    }

    [Fact]
    public void Nothing_is_kept_unless_a_queue_is_asked_for()
    {
        Assert.Empty(Swav.Definition.DeclareState(Some.Plan().Model));
        Assert.Null(Swav.Definition.AfterStep);
        Assert.Equal("swav.queue", Assert.Single(Fixture.QueuedSwav.DeclareState(Some.Plan().Model)).Name);
    }

    [Fact]
    public void Codes_have_no_gradient_and_a_queue_takes_part_in_them()
    {
        using var fixture = Fixture.OfViews();
        using (no_grad())
        {
            float loss = Fixture.QueuedSwav.Loss(fixture.Input).Loss.item<float>();
            Tensor filled = Check.NotNull(fixture.State, "it has state")["swav.queue.filled"], keys = fixture.State["swav.queue.keys"];
            keys.narrow(0, 24, 24).fill_(0.5);
            Assert.Equal(loss, Fixture.QueuedSwav.Loss(fixture.Input).Loss.item<float>());
            filled.fill_(0);
            Assert.NotEqual(loss, Fixture.QueuedSwav.Loss(fixture.Input).Loss.item<float>());
        }

        ObjectiveLoss left = Fixture.QueuedSwav.Loss(fixture.Input);
        Assert.False(Check.NotNull(left.Seen, "projections go into the queue").requires_grad);
        Assert.Equal([8L, 128L], left.Seen.shape);
    }

    private static double[,] Slow(double[][] scores, int rows)
    {
        var shares = new double[rows, Prototypes];
        for (var row = 0; row < rows; row++)
            for (var prototype = 0; prototype < Prototypes; prototype++) shares[row, prototype] = Math.Exp(scores[row][prototype] / 0.05);
        for (var turn = 0; turn < 3; turn++)
        {
            for (var prototype = 0; prototype < Prototypes; prototype++)
            {
                double sum = Enumerable.Range(0, rows).Sum(row => shares[row, prototype]);
                for (var row = 0; row < rows; row++) shares[row, prototype] /= sum * Prototypes;
            }

            for (var row = 0; row < rows; row++)
            {
                double sum = Enumerable.Range(0, Prototypes).Sum(prototype => shares[row, prototype]);
                for (var prototype = 0; prototype < Prototypes; prototype++) shares[row, prototype] /= sum;
            }
        }

        return shares;
    }

    private static double[][] Scores()
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        var rows = new double[Rows][];
        for (var row = 0; row < Rows; row++)
        {
            rows[row] = new double[Prototypes];
            for (var i = 0; i < Prototypes; i++) rows[row][i] = (float)((2 * chance.NextDouble()) - 1);
        }

        return rows;
    }

    private static Tensor Matrix(double[][] rows) => tensor(rows.SelectMany(row => row).Select(value => (float)value).ToArray()).view(Rows, Prototypes);
}
