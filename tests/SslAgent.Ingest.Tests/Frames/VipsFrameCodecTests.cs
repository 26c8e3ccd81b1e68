using SslAgent.Domain;
using SslAgent.Ingest.Frames;

namespace SslAgent.Ingest.Tests.Frames;

[Collection(nameof(CodecMemoryTests))]
public sealed class VipsFrameCodecTests
{
    [Theory]
    [InlineData(1, 4000)]
    [InlineData(3, 2000)]
    [InlineData(2000, 1)]
    [InlineData(7, 1000)]
    public void A_jpeg_thinner_than_its_shrink_factor_is_decoded_under_every_fit(int width, int height)
    {
        foreach (FrameFit fit in Enum.GetValues<FrameFit>()) Assert.NotEmpty(Decode(Pictures.Jpeg(width, height), fit).Rgb);
    }

    [Fact]
    public void A_complaint_about_a_picture_that_was_taken_is_not_the_reason_of_the_next_refusal()
    {
        var codec = new VipsFrameCodec(new FrameOptions());
        byte[] jpeg = Pictures.Jpeg(64, 64), png = Pictures.BlackPng(64, 64);
        int scan = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] odd = [.. jpeg[..scan], 1, 2, 3, 4, .. jpeg[scan..]];
        Assert.NotNull(codec.Decode(odd).Frame);
        string reason = codec.Decode(png.AsMemory(0, png.Length / 2)).Rejection?.Reason ?? "";
        Assert.DoesNotContain("JPEG", reason, StringComparison.OrdinalIgnoreCase);
    }

    private const int Side = 64;

    private static readonly VipsFrameCodec Codec = new(new FrameOptions());

    [Theory]
    [InlineData(".jpg[Q=95]", 6)]
    [InlineData(".png", 2)]
    [InlineData(".webp[Q=95]", 8)]
    [InlineData(".gif", 32)] // 256 colours, which each libvips chooses in its own way.
    public void Each_format_gives_its_picture_at_the_stored_size(string suffix, int tolerance)
    {
        AssertGradient(Decode(Pictures.Encode(Pictures.Gradient(Side, Side), Side, Side, suffix)), tolerance);
        AssertGradient(Decode(Pictures.Encode(Pictures.Gradient(200, 200), 200, 200, suffix)), tolerance + 4);
        AssertGradient(Decode(Pictures.Encode(Pictures.Gradient(40, 40), 40, 40, suffix)), tolerance + 6);
    }

    [Fact]
    public void A_picture_of_the_stored_size_in_a_lossless_format_keeps_every_pixel()
    {
        byte[] pixels = Pictures.Gradient(Side, Side);
        Assert.Equal(pixels, Decode(Pictures.Encode(pixels, Side, Side, ".png")).Rgb);
    }

    [Theory]
    [InlineData(Pictures.Cmyk, ".jpg[Q=95]")]
    [InlineData(Pictures.Rgb16, ".png")]
    public void Cmyk_and_sixteen_bits_become_eight_bit_rgb(int space, string suffix)
    {
        foreach (int side in (int[])[Side, 160])
        {
            Frame frame = Decode(Pictures.Encode(Pictures.Gradient(side, side), side, side, suffix, space));
            Assert.True(frame.Rgb[3 * (Side - 1)] > frame.Rgb[0] + 60, "red rises to the right");
            Assert.True(frame.Rgb[(3 * Side * (Side - 1)) + 1] > frame.Rgb[1] + 60, "green rises downwards");
        }
    }

    [Fact]
    public void Grey_pictures_get_three_equal_channels()
    {
        foreach (int side in (int[])[Side, 160])
        {
            Frame frame = Decode(Pictures.Encode(Pictures.Gradient(side, side), side, side, ".jpg", Pictures.BlackAndWhite));
            Assert.All(Enumerable.Range(0, Side * Side), i => Assert.True(frame.Rgb[3 * i] == frame.Rgb[(3 * i) + 1] && frame.Rgb[3 * i] == frame.Rgb[(3 * i) + 2]));
        }
    }

    [Fact]
    public void Transparent_pixels_are_laid_on_white()
    {
        foreach (int side in (int[])[Side, 160])
        {
            Frame clear = Decode(Pictures.Encode(Pictures.Gradient(side, side, bands: 4, alpha: 0), side, side, ".png"));
            Assert.All(clear.Rgb, value => Assert.Equal(255, value));
        }
    }

    [Theory]
    [InlineData(".gif")]
    [InlineData(".webp[lossless]")]
    public void Of_an_animation_the_first_picture_is_taken(string suffix)
    {
        foreach (int side in (int[])[Side, 100])
        {
            byte[] red = [.. Enumerable.Repeat<byte[]>([200, 0, 0], side * side).SelectMany(pixel => pixel)];
            byte[] blue = [.. Enumerable.Repeat<byte[]>([0, 0, 200], side * side).SelectMany(pixel => pixel)];
            Frame frame = Decode(Pictures.Encode([.. red, .. blue, .. blue], side, 3 * side, suffix, pageHeight: side));
            Assert.All(Enumerable.Range(0, Side * Side), i => Assert.True(frame.Rgb[3 * i] > 180 && frame.Rgb[(3 * i) + 2] < 20));
        }
    }

    [Fact]
    public void Crop_keeps_the_middle_pad_keeps_all_and_stretch_fills()
    {
        byte[] wide = Pictures.Encode(Pictures.Gradient(256, 64), 256, 64, ".png");
        Frame crop = Decode(wide), pad = Decode(wide, FrameFit.Pad), stretch = Decode(wide, FrameFit.Stretch);
        Assert.InRange(crop.Rgb[0], 90, 102);
        Assert.InRange(crop.Rgb[3 * (Side - 1)], 153, 165);
        Assert.All(pad.Rgb.Take(3 * Side * 20), value => Assert.Equal(0, value));
        Assert.InRange(pad.Rgb[(3 * Side * 32) + (3 * (Side - 1))], 245, 255);
        AssertGradient(stretch, 6);
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    public void A_truncated_picture_is_refused_at_every_length(string suffix)
    {
        foreach (int side in (int[])[Side, 150])
        {
            byte[] whole = Pictures.Encode(Noise(side), side, side, suffix);
            for (int length = 0; length < whole.Length * 9 / 10; length += Math.Max(1, whole.Length / 50))
            {
                FrameDecoding decoding = Codec.Decode(whole.AsMemory(0, length));
                Assert.True(decoding.Frame is null, $"{length} of {whole.Length} bytes of a {side} x {side} {suffix} were taken for whole");
                Assert.NotNull(decoding.Rejection);
            }
        }
    }

    [Fact]
    public void Bombs_are_refused_by_their_header()
    {
        long before = GC.GetTotalAllocatedBytes();
        byte[] long1 = Pictures.BlackPng(8, 60_000), square = Pictures.BlackPng(12_000, 12_000);
        Assert.Equal(new Rejection("limits", "the picture is 8 x 60000 pixels, the limit is 16384 a side"), Codec.Decode(long1).Rejection);
        Assert.Equal(new Rejection("limits", "the picture has 144000000 pixels, the limit is 25000000"), Codec.Decode(square).Rejection);
        Assert.InRange(square.Length, 1, 400_000);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 50_000_000);
    }

    [Fact]
    public void A_large_picture_within_the_limits_is_decoded()
    {
        Assert.All(Decode(Pictures.BlackPng(4_900, 4_900)).Rgb, value => Assert.Equal(0, value));
        AssertGradient(Decode(Pictures.Jpeg(3_000, 3_000)), 8);
    }

    [Fact]
    public void Encoded_bytes_over_the_limit_are_refused_unseen()
    {
        var strict = new VipsFrameCodec(new FrameOptions { BytesMax = 1_000 });
        byte[] picture = Pictures.Encode(Noise(100), 100, 100, ".png");
        Assert.Equal(new Rejection("limits", $"the picture has {picture.Length} bytes encoded, the limit is 1000"), strict.Decode(picture).Rejection);
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'/>")]
    [InlineData("P6 64 64 255 ")]
    [InlineData("")]
    [InlineData("just words")]
    public void What_is_none_of_the_four_formats_reaches_no_loader(string content) =>
        Assert.Equal(new Rejection("frame", "the bytes are no JPEG, PNG, WebP or GIF"), Codec.Decode(System.Text.Encoding.UTF8.GetBytes(content)).Rejection);

    [Fact]
    public void Raw_pixels_are_taken_as_they_are_or_resized()
    {
        byte[] pixels = Pictures.Gradient(Side, Side);
        Assert.Equal(pixels, Codec.DecodeRgb(pixels, Side, Side).Frame?.Rgb);
        AssertGradient(Assert.IsType<Frame>(Codec.DecodeRgb(Pictures.Gradient(300, 300), 300, 300).Frame), 6);
        Assert.Equal("rgb8 data has 12288 bytes, width x height x 3 is 12480", Codec.DecodeRgb(pixels, 65, 64).Rejection?.Reason);
    }

    [Fact]
    public void A_frame_encoded_to_png_comes_back_the_same()
    {
        var frame = new Frame(Side, Side, Noise(Side));
        Assert.Equal(frame.Rgb, Decode(Codec.EncodePng(frame)).Rgb);
    }

    [Fact]
    public void Many_threads_decode_at_once()
    {
        byte[] jpeg = Pictures.Jpeg(200, 150), broken = jpeg[..(jpeg.Length / 2)];
        byte[] expected = Decode(jpeg).Rgb;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (i % 2 == 0) Assert.Equal(expected, Codec.Decode(jpeg).Frame?.Rgb);
            else Assert.NotNull(Codec.Decode(broken).Rejection);
        });
    }

    private static byte[] Noise(int side)
    {
        byte[] pixels = new byte[side * side * 3];
        new Random(7).NextBytes(pixels);
        return pixels;
    }

    private static Frame Decode(byte[] encoded, FrameFit fit = FrameFit.Crop)
    {
        FrameDecoding decoding = new VipsFrameCodec(new FrameOptions { Fit = fit }).Decode(encoded);
        Assert.Null(decoding.Rejection);
        return Assert.IsType<Frame>(decoding.Frame);
    }

    private static void AssertGradient(Frame frame, int tolerance)
    {
        Assert.Equal((Side, Side, Side * Side * 3), (frame.Width, frame.Height, frame.Rgb.Length));
        byte[] expected = Pictures.Gradient(Side, Side);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - frame.Rgb[i]) <= tolerance, $"byte {i}: {frame.Rgb[i]} against {expected[i]}");
        }
    }
}
