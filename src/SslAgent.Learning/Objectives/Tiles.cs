using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>A square piece of a frame: where its upper left pixel is.</summary>
internal readonly record struct TilePlace(int Left, int Top);

/// <summary>
/// Square pieces of frames, cut at any pixel and encoded each by itself: the tower sees a piece as so many patches at the places of the frame's upper left corner, so that nothing but the pixels tells where it is from.
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
    public static Tensor Pool(Tensor tiles, VisionTower tower, ModelPlan plan)
    {
        long count = tiles.shape[0], patches = tiles.shape[1];
        var side = (int)Math.Sqrt(patches);
        int[] corner = [.. Enumerable.Range(0, (int)patches).Select(patch => (patch / side * plan.Grid) + (patch % side))];
        Tensor places = tower.Positions.index_select(0, tensor(corner, device: tiles.device)).unsqueeze(0); // [1, K, D]
        return tower.Encode(tiles, places).view(count, patches, plan.Frame.Width).mean([1]);
    }
}
