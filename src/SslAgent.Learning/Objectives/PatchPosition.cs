using SslAgent.Domain;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Where one piece of a frame lies beside another. Doersch, Gupta and Efros, "Unsupervised Visual Representation Learning by Context Prediction" (ICCV 2015), section 3: of two tiles, encoded each by itself, the second is one of
/// the first's eight neighbours; which? A gap of half a tile and a jitter keep lines that run on over the edge from telling (section 3.1).
/// </summary>
/// <remarks>
/// Written from the paper. We differ: each frame is asked about all eight neighbours, each of another tile, so that every answer is right equally often; a tile is a quarter of the frame's side, in whole patches (96 pixels of a larger picture in the paper); the
/// jitter is a fourteenth of it, at least a pixel (7 pixels); colours are not dropped, since a lens's aberration is below a pixel in frames of this size; one hidden layer answers. Trivial loss: ln 8, what indifferent answers get.
/// </remarks>
internal static class PatchPosition
{
    // B batch, D width of the tower.
    public const string Section = "patch_position";

    private const int Directions = 8, FrameTiles = 4, JitterShare = 14;

    public static PretextTask Task { get; } = new()
    {
        Name = ObjectiveNames.PatchPosition,
        About = new(
            "frames: tells where a piece of a frame lies beside another piece of it; for streams of scenes and things with parts",
            "sixteen pieces of a sixteenth of the frame: about one pass over whole frames, cheaper in attention",
            "Doersch, Gupta and Efros, Unsupervised Visual Representation Learning by Context Prediction, 2015, section 3"),
        Section = Section,
        Declare = plan => Head(plan).Declare(),
        Classes = Directions,
        Ask = input => Ask(input, Place((int)PatchFilling.FramesOf(input).shape[0], input.Plan.Model, input.Key.With(ChanceStream.Masking, input.Key.Part))),
    };

    public static ObjectiveDefinition Definition { get; } = Task.ToDefinition();

    /// <summary>Asks about pairs of tiles: for each frame eight first ones, then their neighbours, one in each direction, row by row.</summary>
    /// <param name="places">[B·16].</param>
    public static PretextQuestions Ask(ObjectiveInput input, TilePlace[] places)
    {
        ModelPlan plan = input.Plan.Model;
        Tensor frames = PatchFilling.FramesOf(input);
        long batch = frames.shape[0], width = plan.Frame.Width;
        Tensor features = Tiles.Pool(Tiles.Cut(frames, places, SideOf(plan), plan), places, input.Towers.Vision, plan); // [B·16, D]
        Tensor pairs = features.view(batch, 2, Directions, width).transpose(1, 2).reshape(batch * Directions, 2 * width); // [B·8, 2D]
        return new PretextQuestions(
            features, () => Head(plan).Forward(pairs, input.Towers.Weights), [.. Enumerable.Range(0, (int)batch * Directions).Select(row => (long)(row % Directions))]);
    }

    /// <summary>Draws the places of all tiles, as <see cref="Ask(ObjectiveInput, TilePlace[])"/> wants them.</summary>
    public static TilePlace[] Place(int frames, ModelPlan plan, DrawKey key)
    {
        var chance = new Philox(key);
        var places = new TilePlace[frames * 2 * Directions];
        for (var frame = 0; frame < frames; frame++)
        {
            int corner = Tiles.DrawCorner(SideOf(plan), plan, ref chance);
            for (var direction = 0; direction < Directions; direction++)
            {
                int at = (frame * 2 * Directions) + direction;
                (places[at], places[at + Directions]) = PlacePair(Offset(direction), corner, plan, ref chance);
            }
        }

        return places;
    }

    /// <summary>Neighbours in reading order, the middle left out: columns and rows from the first tile.</summary>
    public static (int Columns, int Rows) Offset(int direction)
    {
        int cell = direction < Directions / 2 ? direction : direction + 1;
        return ((cell % 3) - 1, (cell / 3) - 1);
    }

    /// <summary>Lays both tiles where they fit, then shakes each.</summary>
    private static (TilePlace First, TilePlace Second) PlacePair((int Columns, int Rows) offset, int corner, ModelPlan plan, ref Philox chance)
    {
        int tile = SideOf(plan) * plan.PatchSize, step = tile + (tile / 2), jitter = Math.Max(1, tile / JitterShare), last = plan.ImageSize - tile;
        int left = First(offset.Columns, ref chance), top = First(offset.Rows, ref chance);
        TilePlace first = Shake(left, top, ref chance);
        return (first, Shake(left + (offset.Columns * step), top + (offset.Rows * step), ref chance));

        int First(int steps, ref Philox draw) => (steps < 0 ? step : 0) + draw.NextInt(Math.Max(0, last - (Math.Abs(steps) * step)) + 1);

        TilePlace Shake(int x, int y, ref Philox draw) => new(
            Math.Clamp(x + draw.NextInt((2 * jitter) + 1) - jitter, 0, last), Math.Clamp(y + draw.NextInt((2 * jitter) + 1) - jitter, 0, last), corner);
    }

    /// <summary>Patches along a tile's side.</summary>
    private static int SideOf(ModelPlan plan) => Math.Max(1, plan.Grid / FrameTiles);

    private static Perceptron Head(ModelPlan plan) => new("patch_position.answer", 2 * plan.Frame.Width, 2 * plan.Frame.Width, Directions);
}
