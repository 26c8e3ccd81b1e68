using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>Rotation, patch position and jigsaw: what is asked, and that it is asked right.</summary>
public sealed class PretextTests
{
    private const int Side = 16, Patch = 4;

    private static readonly DrawKey Key = new(Some.Seed, 3, 4, ChanceStream.Masking);

    [Fact]
    public void A_frame_turned_by_a_quarter_four_times_is_itself_and_its_upper_right_corner_comes_to_the_upper_left()
    {
        using var scope = NewDisposeScope();
        Tensor frames = Pictures.Noise(2, Side, Side), turned = frames;
        for (var quarter = 0; quarter < 4; quarter++)
        {
            Pictures.Same(Rotation.Turn(frames, quarter), turned);
            turned = Rotation.Turn(turned, 1);
        }

        Pictures.Same(frames, turned);
        Assert.Equal(frames[1, 2, 0, Side - 1].item<float>(), Rotation.Turn(frames, 1)[1, 2, 0, 0].item<float>());
    }

    [Fact]
    public void Turning_a_batch_turns_the_answers_to_it()
    {
        using var fixture = Fixture.OfMasked();
        Tensor answers = Answers(fixture.Input), ofTurned = Answers(fixture.Input with { Frames = Rotation.Turn(fixture.Input.Frames!, 1) });
        // Turned by one already, the copy that was turned by q is the one that had been turned by q + 1.
        Pictures.Same(answers.narrow(0, 1, 3), ofTurned.narrow(0, 0, 3), 1e-5f);
        Pictures.Same(answers.narrow(0, 0, 1), ofTurned.narrow(0, 3, 1), 1e-5f);

        static Tensor Answers(ObjectiveInput input) => Rotation.Task.Ask(input).Answers().detach().view(4, 4, 4);
    }

    [Fact]
    public void Every_answer_is_right_equally_often_where_all_are_asked_about()
    {
        using var fixture = Fixture.OfMasked();
        foreach (PretextTask task in new[] { Rotation.Task, PatchPosition.Task })
        {
            long[] right = task.Ask(fixture.Input).Right;
            Assert.Equal(task.Classes * 4, right.Length);
            Assert.All(right.CountBy(answer => answer), count => Assert.Equal(4, count.Value));
        }
    }

    [Fact]
    public void Indifferent_answers_cost_what_the_trivial_loss_says_and_sure_right_ones_nothing()
    {
        using var fixture = Fixture.OfMasked();
        var questions = new PretextQuestions(zeros(3, 2), () => zeros(3, 8), [1, 0, 7]);
        Assert.Equal(PatchPosition.Definition.TrivialLoss(fixture.Input), PretextTask.Loss(questions).Loss.item<float>(), 1e-6);
        ObjectiveLoss sure = PretextTask.Loss(questions with { Answers = () => tensor(new long[] { 1, 0, 7 }).unsqueeze(1).eq(arange(8).unsqueeze(0)).to_type(ScalarType.Float32) * 50 });
        Assert.Equal(0, sure.Loss.item<float>(), 1e-6);
        Assert.Equal(1, sure.Terms[0].item<float>());
    }

    [Fact]
    public void The_loss_is_the_mean_surprise_at_the_right_answers()
    {
        using var scope = NewDisposeScope();
        float[] answers = Pictures.Values(Pictures.Noise(1, 3, 8));
        long[] right = [1, 0, 7, 3, 3, 5, 2, 6, 4];
        double expected = right.Select((answer, row) => Math.Log(answers.Skip(row * 8).Take(8).Sum(score => Math.Exp(score))) - answers[(row * 8) + answer]).Average();
        Assert.Equal(expected, PretextTask.Loss(new PretextQuestions(zeros(9, 2), () => tensor(answers).view(9, 8), right)).Loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Tiles_are_the_pixels_of_their_places_in_the_order_of_patches()
    {
        using var scope = NewDisposeScope();
        ModelPlan plan = Some.Plan().Model;
        Tensor frames = Pictures.Noise(2, Side, Side);
        TilePlace[] places = [new(0, 0, 0), new(3, 5, 0), new(8, 8, 0), new(7, 1, 0)]; // Two of each frame, two patches wide.
        Tensor tiles = Tiles.Cut(frames, places, 2, plan);
        Assert.Equal([4L, 4, plan.PatchValues], tiles.shape);
        for (var tile = 0; tile < places.Length; tile++)
            for (var patch = 0; patch < 4; patch++)
            {
                int left = places[tile].Left + (patch % 2 * Patch), top = places[tile].Top + (patch / 2 * Patch);
                Tensor expected = frames[tile / 2].narrow(1, top, Patch).narrow(2, left, Patch).permute(1, 2, 0).reshape(plan.PatchValues);
                Pictures.Same(expected, tiles[tile][patch]);
            }
    }

    [Theory]
    [InlineData(64, 8)]
    [InlineData(16, 4)]
    [InlineData(224, 16)]
    [InlineData(16, 8)]
    public void Neighbours_lie_in_their_direction_with_a_gap_and_all_tiles_within_the_frame(int size, int patch)
    {
        ModelPlan plan = Some.Plan().Model with { ImageSize = size, PatchSize = patch };
        int tile = Math.Max(1, plan.Grid / 4) * patch, jitter = Math.Max(1, tile / 14);
        TilePlace[] places = PatchPosition.Place(50, plan, Key);
        Assert.All(places, place => Assert.True(place.Left >= 0 && place.Top >= 0 && place.Left + tile <= size && place.Top + tile <= size, place.ToString()));
        bool fits = 5 * tile <= 2 * size; // A tile, the gap and another.
        for (var row = 0; fits && row < 50 * 8; row++)
        {
            (TilePlace first, TilePlace second) = (places[(row / 8 * 16) + (row % 8)], places[(row / 8 * 16) + 8 + (row % 8)]);
            (int columns, int rows) = PatchPosition.Offset(row % 8);
            Assert.InRange(second.Left - first.Left, (columns * tile * 3 / 2) - (2 * jitter), (columns * tile * 3 / 2) + (2 * jitter));
            Assert.InRange(second.Top - first.Top, (rows * tile * 3 / 2) - (2 * jitter), (rows * tile * 3 / 2) + (2 * jitter));
        }

        Assert.Equal(8, Enumerable.Range(0, 8).Select(PatchPosition.Offset).Distinct().Count());
        Assert.Equal(places, PatchPosition.Place(50, plan, Key));
    }

    [Theory]
    [InlineData(64, 8)]
    [InlineData(16, 4)]
    [InlineData(224, 16)]
    [InlineData(16, 8)]
    public void Pieces_are_shown_in_the_order_that_is_asked_for_each_from_its_cell(int size, int patch)
    {
        ModelPlan plan = Some.Plan().Model with { ImageSize = size, PatchSize = patch };
        int tile = Math.Max(1, size / 3 / patch) * patch;
        Jigsaw.Puzzles puzzles = Jigsaw.Shuffle(50, plan, 64, Key);
        Assert.True(puzzles.Shown.Distinct().Count() > 20, $"orders are drawn, by seed {Some.Seed}");
        for (var place = 0; place < puzzles.Places.Length; place++)
        {
            TilePlace at = puzzles.Places[place];
            Assert.True(at.Left >= 0 && at.Top >= 0 && at.Left + tile <= size && at.Top + tile <= size, at.ToString());
            if (size / 3 < tile) continue; // Cells smaller than a patch: tiles overlap.
            int piece = Jigsaw.Orders(64)[(int)puzzles.Shown[place / 9]][place % 9];
            Assert.InRange(at.Left - (piece % 3 * (size / 3)), 0, (size / 3) - tile);
            Assert.InRange(at.Top - (piece / 3 * (size / 3)), 0, (size / 3) - tile);
        }
    }

    [Fact]
    public void All_tiles_of_a_frame_are_shown_at_one_place_and_frames_at_every_place()
    {
        ModelPlan plan = Some.Plan().Model with { ImageSize = 64, PatchSize = 8 };
        foreach ((TilePlace[] places, int each) in new[] { (PatchPosition.Place(600, plan, Key), 16), (Jigsaw.Shuffle(600, plan, 64, Key).Places, 9) })
        {
            int[][] corners = [.. places.Select(place => place.Corner).Chunk(each)];
            Assert.All(corners, frame => Assert.Single(frame.Distinct()));
            // Tiles of two patches have seven places along either side of eight.
            Assert.Equal(Enumerable.Range(0, 49).Select(place => (place / 7 * 8) + (place % 7)), corners.Select(frame => frame[0]).Distinct().Order());
        }
    }

    [Fact]
    public void A_tiles_brightness_and_contrast_tell_nothing()
    {
        using var fixture = Fixture.OfMasked();
        Jigsaw.Puzzles puzzles = Jigsaw.Shuffle(4, fixture.Plan.Model, 64, Key);
        Tensor answers = Jigsaw.Ask(fixture.Input, puzzles, 64).Answers().detach();
        Tensor changed = Jigsaw.Ask(fixture.Input with { Frames = (fixture.Input.Frames! * 3) + 0.7 }, puzzles, 64).Answers().detach();
        Pictures.Same(answers, changed, 1e-4f);
    }
}
