using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Compat.Tests;

/// <summary>Resampling and padding against PyTorch's values.</summary>
public sealed class ImageTests
{
    [Theory]
    [InlineData("nearest", InterpolationMode.Nearest, 5, 6, null, false)]
    [InlineData("area", InterpolationMode.Area, 5, 6, null, false)]
    [InlineData("bilinear", InterpolationMode.Bilinear, 5, 6, null, false)]
    [InlineData("bicubic", InterpolationMode.Bicubic, 5, 6, null, false)]
    [InlineData("bilinear_corners", InterpolationMode.Bilinear, 12, 10, true, false)]
    [InlineData("bicubic_corners", InterpolationMode.Bicubic, 12, 10, true, false)]
    [InlineData("bilinear_antialias", InterpolationMode.Bilinear, 5, 4, null, true)]
    [InlineData("bicubic_antialias", InterpolationMode.Bicubic, 5, 4, null, true)]
    public void Interpolation_agrees(string name, InterpolationMode mode, long height, long width, bool? corners, bool antialias)
    {
        using var scope = NewDisposeScope();
        var y = F.interpolate(Fixture.Read("image/x"), [height, width], mode: mode, align_corners: corners, antialias: antialias);
        Near.Equal(Fixture.Read($"interpolate_{name}/y"), y, 2e-6);
    }

    [Theory]
    [InlineData("bilinear", GridSampleMode.Bilinear)]
    [InlineData("nearest", GridSampleMode.Nearest)]
    public void Grid_sampling_agrees(string name, GridSampleMode mode)
    {
        using var scope = NewDisposeScope();
        var grid = F.affine_grid(Fixture.Read("affine_grid/theta"), [2, 3, 4, 5], align_corners: false);
        Near.Equal(Fixture.Read("affine_grid/y"), grid);
        foreach (var (padding, kind) in new[] { ("zeros", GridSamplePaddingMode.Zeros), ("border", GridSamplePaddingMode.Border),
            ("reflection", GridSamplePaddingMode.Reflection) })
        {
            var y = F.grid_sample(Fixture.Read("image/x"), grid, mode, kind, align_corners: false);
            Near.Equal(Fixture.Read($"grid_sample_{name}_{padding}/y"), y, 2e-6);
        }
    }

    [Fact]
    public void Gradients_of_grid_sampling_agree()
    {
        using var scope = NewDisposeScope();
        var x = Fixture.Read("grid_sample/x").requires_grad_();
        var grid = Fixture.Read("grid_sample/grid").requires_grad_();
        Gradient.Weighted(F.grid_sample(x, grid, align_corners: false)).backward();
        Near.Equal(Fixture.Read("grid_sample/dx"), x.grad!, 1e-5);
        Near.Equal(Fixture.Read("grid_sample/dgrid"), grid.grad!, 1e-4);
    }

    [Fact]
    public void Padding_agrees()
    {
        using var scope = NewDisposeScope();
        var x = Fixture.Read("image/x");
        Near.Same(Fixture.Read("pad_constant/y"), F.pad(x, [1, 2, 0, 1], value: 3));
        Near.Same(Fixture.Read("pad_reflect/y"), F.pad(x, (1, 2, 0, 1), PaddingModes.Reflect));
    }
}
