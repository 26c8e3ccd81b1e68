using System.Collections.Concurrent;
using SslAgent.Domain;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Puzzles of nine pieces. Noroozi and Favaro, "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles" (ECCV 2016), section 3: the tiles of a grid of 3 by 3 are encoded each by itself and shown in one of 64
/// orders; which?
/// </summary>
/// <remarks>
/// Written from the paper. We differ: 64 orders (the paper goes from 64 to 1000), since each frame is asked about once and a stream's steps are few; a tile is as many whole patches as its cell holds, at a random place in the cell, so that
/// gaps of up to the rest keep edges from telling (64 of 75 pixels in the paper); each tile is normalised by its own mean and deviation, as there; colours stay; one hidden layer answers. Trivial loss: ln 64, what indifferent answers get.
/// </remarks>
internal static class Jigsaw
{
    // B batch, D width of the tower.
    public const string Section = "jigsaw";

    private const int Grid = 3, Pieces = Grid * Grid;

    /// <summary>Keeps the division by a flat tile's deviation finite.</summary>
    private const double VarianceEpsilon = 1e-6;

    private static readonly Knob OrderCount = Knob.Count("orders", 2, 64, 1000, "orders that there are to tell: more make the question harder", "section 4.2, the fewest tried; 1,000 at most");

    private static readonly ConcurrentDictionary<int, int[][]> KnownOrders = new();

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([OrderCount], knobs => Define(knobs.Whole(OrderCount)).ToDefinition());

    private static PretextTask Define(int orders) => new()
    {
        Name = ObjectiveNames.Jigsaw,
        About = new(
            "frames: puts nine shuffled pieces of a frame in order; for streams of things whose parts have their places",
            "nine pieces: less than a pass over whole frames, cheaper in attention",
            "Noroozi and Favaro, Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles, 2016, section 3"),
        Section = Section,
        Declare = plan => Head(plan, orders).Declare(),
        Classes = orders,
        Ask = input => Ask(input, Shuffle((int)PatchFilling.FramesOf(input).shape[0], input.Plan.Model, orders, input.Key.With(ChanceStream.Masking, input.Key.Part)), orders),
    };

    /// <summary>Row i tells which piece is shown at each place under the i-th order.</summary>
    public static IReadOnlyList<int[]> Orders(int count) => KnownOrders.GetOrAdd(count, wanted => Permutations.FarApart(Pieces, wanted));

    /// <summary>Puzzles of a batch.</summary>
    /// <param name="Places">Where each shown tile is from, nine of each frame [B·9].</param>
    /// <param name="Shown">Number of each frame's order [B].</param>
    internal sealed record Puzzles(TilePlace[] Places, long[] Shown);

    public static PretextQuestions Ask(ObjectiveInput input, Puzzles puzzles, int orders)
    {
        ModelPlan plan = input.Plan.Model;
        Tensor tiles = Tiles.Cut(PatchFilling.FramesOf(input), puzzles.Places, SideOf(plan), plan); // [B·9, K, P]
        Tensor features = Tiles.Pool(Normalize(tiles), puzzles.Places, input.Towers.Vision, plan); // [B·9, D]
        Tensor rows = features.view(puzzles.Shown.Length, Pieces * plan.Frame.Width); // [B, 9D]
        return new PretextQuestions(features, () => Head(plan, orders).Forward(rows, input.Towers.Weights), puzzles.Shown);
    }

    /// <summary>Draws an order for each frame, and where in its cell each tile lies.</summary>
    public static Puzzles Shuffle(int frames, ModelPlan plan, int orders, DrawKey key)
    {
        IReadOnlyList<int[]> all = Orders(orders);
        var chance = new Philox(key);
        var places = new TilePlace[frames * Pieces];
        var shown = new long[frames];
        int tile = SideOf(plan) * plan.PatchSize, cell = plan.ImageSize / Grid;
        for (var frame = 0; frame < frames; frame++)
        {
            shown[frame] = chance.NextInt(orders);
            int corner = Tiles.DrawCorner(SideOf(plan), plan, ref chance);
            for (var place = 0; place < Pieces; place++)
            {
                int piece = all[(int)shown[frame]][place];
                places[(frame * Pieces) + place] = new TilePlace(Within(piece % Grid, ref chance), Within(piece / Grid, ref chance), corner);
            }
        }

        return new Puzzles(places, shown);

        int Within(int number, ref Philox draw) =>
            Math.Clamp((number * cell) + draw.NextInt(Math.Max(0, cell - tile) + 1), 0, plan.ImageSize - tile); // Where a cell is smaller than a patch, tiles overlap.
    }

    /// <summary>(pixel - mean) / √(variance + ε) within each tile, over all channels, same shape.</summary>
    private static Tensor Normalize(Tensor tiles)
    {
        Tensor variance = tiles.var([1, 2], unbiased: true, keepdim: true); // [B·9, 1, 1]
        return (tiles - tiles.mean([1, 2], keepdim: true)) / (variance + VarianceEpsilon).sqrt();
    }

    /// <summary>Patches along a tile's side.</summary>
    private static int SideOf(ModelPlan plan) => Math.Max(1, plan.ImageSize / Grid / plan.PatchSize);

    private static Perceptron Head(ModelPlan plan, int orders) => new("jigsaw.answer", Pieces * plan.Frame.Width, 4 * plan.Frame.Width, orders);
}
