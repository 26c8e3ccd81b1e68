using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Sampling and padding of images [B, C, H, W].</summary>
public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false,
                bool antialias = false)
            {
                if (size is null == scale_factor is null)
                {
                    throw new ArgumentException("interpolate takes either a size or scale factors.");
                }
                if (recompute_scale_factor && scale_factor is not null)
                {
                    var shape = x.shape;
                    size = [.. scale_factor.Select((scale, d) => (long)Math.Floor(shape[d + 2] * scale))];
                    scale_factor = null;
                }
                var corners = align_corners ?? false;
                return (mode, x.ndim, antialias) switch
                {
                    (InterpolationMode.Nearest, 3, false) => Aten.upsample_nearest1d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 4, false) => Aten.upsample_nearest2d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, 4, false) => Aten._upsample_nearest_exact2d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.Linear, 3, false) => Aten.upsample_linear1d_vec.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bilinear, 4, false) => Aten.upsample_bilinear2d_vec.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bilinear, 4, true) => Aten._upsample_bilinear2d_aa_vec.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bicubic, 4, false) => Aten.upsample_bicubic2d_vec.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bicubic, 4, true) => Aten._upsample_bicubic2d_aa_vec.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Area, 4, false) when size is not null => Aten.adaptive_avg_pool2d.Call(x, size),
                    _ => throw new NotSupportedException($"interpolate {mode} of {x.ndim} dimensions, antialias {antialias}"),
                };
            }

            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                // ATen's own numbers: interpolation 0 bilinear, 1 nearest; padding 0 zeros, 1 border, 2 reflection.
                var interpolation = mode == GridSampleMode.Bilinear ? 0L : 1L;
                var padding = padding_mode switch
                {
                    GridSamplePaddingMode.Border => 1L,
                    GridSamplePaddingMode.Reflection => 2L,
                    _ => 0L,
                };
                return Aten.grid_sampler.Call(input, grid, interpolation, padding, align_corners ?? false);
            }

            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                Aten.affine_grid_generator.Call(theta, size ?? [], align_corners);

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                mode is PaddingModes.Constant or PaddingModes.Zeros
                    ? Aten.pad.Call(input, pad, "constant", mode == PaddingModes.Zeros ? 0.0 : value)
                    : Aten.pad.Call(input, pad, mode.ToString().ToLowerInvariant(), Arg.None);

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, pad.ToArray(), mode, value);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, new[] { pad.Item1, pad.Item2 }, mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant,
                double value = 0) =>
                functional.pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                Aten.avg_pool2d.Call(input, new[] { kernel_size, kernel_size }, stride is { } s ? new[] { s, s } : Array.Empty<long>(),
                    new[] { padding, padding }, ceil_mode, count_include_pad, divisor_override);
        }
    }
}
