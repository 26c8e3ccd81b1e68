using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>A square piece of a frame: where its upper left pixel is, and where it is shown.</summary>
/// <param name="Corner">The patch of the frame's grid in whose place the tile's first patch is shown.</param>
internal readonly record struct TilePlace(int Left, int Top, int Corner);

/// <summary>
/// Square pieces of frames, cut at any pixel and encoded each by itself. All pieces of a frame are shown at one place, drawn for the frame: nothing but the pixels tells where a piece is from, and the tower sees patches at all
/// places, as it will in whole frames.
/// </summary>
internal static class Tiles
{
    // B batch, T tiles of each frame, K patches of a tile, P numbers in a patch, D width of the tower.

    /// <summary>Cuts tiles of all frames.</summary>
    /// <param name="frames">Normalised fp32 [B, 3, S, S].</param>
    /// <param name="places">T of each frame, row-major [B·T]; whole tiles within the frame.</param>
    /// <param name="patches">Patches along a tile's side.</param>
    /// <returns>fp32 [B·T, K, P], pixels as <see cref="VisionTower.Patchify"/> orders them.</returns>
    public static Tensor Cut(Tensor frames, ReadOnlySpan<TilePlace> places, int patches, ModelPlan plan)
    {
        int batch = (int)frames.shape[0], size = plan.ImageSize, side = plan.PatchSize, pixels = side * side, each = places.Length / batch;
        var rows = new int[places.Length * patches * patches * pixels];
        var at = 0;
        for (var tile = 0; tile < places.Length; tile++)
        {
            int origin = (tile / each * size * size) + (places[tile].Top * size) + places[tile].Left;
            for (var patch = 0; patch < patches * patches; patch++)
            {
                int corner = origin + (patch / patches * side * size) + (patch % patches * side);
                for (var pixel = 0; pixel < pixels; pixel++) rows[at++] = corner + (pixel / side * size) + (pixel % side);
            }
        }

        Tensor byPixel = frames.permute(0, 2, 3, 1).reshape(batch * size * size, ModelPlan.Channels); // [B·S·S, 3]
        return byPixel.index_select(0, tensor(rows, device: frames.device)).view(places.Length, patches * patches, plan.PatchValues);
    }

    /// <summary>Mean features of tiles, fp32 [B·T, K, P] → fp32 [B·T, D].</summary>
    public static Tensor Pool(Tensor tiles, ReadOnlySpan<TilePlace> places, VisionTower tower, ModelPlan plan)
    {
        long count = tiles.shape[0], patches = tiles.shape[1];
        var side = (int)Math.Sqrt(patches);
        var shown = new int[count * patches];
        for (var i = 0; i < shown.Length; i++)
        {
            int patch = i % (int)patches;
            shown[i] = places[i / (int)patches].Corner + (patch / side * plan.Grid) + (patch % side);
        }

        Tensor positions = tower.Positions.index_select(0, tensor(shown, device: tiles.device)).view(count, patches, plan.Frame.Width);
        return tower.Encode(tiles, positions).view(count, patches, plan.Frame.Width).mean([1]);
    }

    /// <summary>A place in the grid where tiles of so many patches along a side can be shown.</summary>
    public static int DrawCorner(int patches, ModelPlan plan, ref Philox chance)
    {
        int free = plan.Grid - patches + 1;
        return (chance.NextInt(free) * plan.Grid) + chance.NextInt(free);
    }
}
