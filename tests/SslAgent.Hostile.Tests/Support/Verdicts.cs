using System.Text;
using System.Text.Unicode;
using SslAgent.Domain;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>What must hold of everything that comes out of decoding, whatever went in: docs/formats/wire.md.</summary>
internal static class Verdicts
{
    private const int NameBytesMax = 256, ReasonCharsMax = 400;
    private const long TimeMsMax = 253_402_300_799_999;

    public static readonly string[] Stages = ["envelope", "frame", "text", "limits"];

    public static void Hold(Delivery delivery, Intake intake, int side, int textBytesMax)
    {
        Assert.Equal(delivery.At, intake.At);
        switch (intake)
        {
            case Intake.Refused refused:
                Assert.Same(delivery, refused.Delivery);
                Hold(refused.Rejection);
                break;
            case Intake.PassedOver passedOver:
                HoldsAsName(passedOver.Source, "source");
                Assert.Contains(passedOver.Reason, (SkipReason[])[SkipReason.Tombstone, SkipReason.SampledOut, SkipReason.RateLimited]);
                break;
            case Intake.Accepted accepted:
                Hold(accepted.Sample, side, textBytesMax);
                break;
        }
    }

    public static void Hold(Rejection rejection)
    {
        Assert.Contains(rejection.Stage, Stages);
        Assert.InRange(rejection.Reason.Length, 5, ReasonCharsMax);
        Assert.True(IsPrintable(rejection.Reason), $"the reason holds control characters or halves of characters: {Escaped(rejection.Reason)}");
    }

    private static void Hold(Sample sample, int side, int textBytesMax)
    {
        HoldsAsName(sample.Source, "source");
        if (sample.Id is not null) HoldsAsName(sample.Id, "id");
        if (sample.PairKey is not null) HoldsAsName(sample.PairKey, "pair");
        Assert.InRange(sample.TimeMs, 0, TimeMsMax);
        Assert.True(sample.Frame is not null || sample.Text is not null, "a sample has content");
        if (sample.Frame is { } frame) Assert.Equal((side, side, side * side * Frame.Channels), (frame.Width, frame.Height, frame.Rgb.Length));
        if (sample.Text is not { } text) return;
        Assert.InRange(text.Utf8.Length, 1, textBytesMax);
        Assert.True(Utf8.IsValid(text.Utf8), "a text is UTF-8");
        Assert.True(IsPrintable(Encoding.UTF8.GetString(text.Utf8)), "a text holds no control characters");
    }

    private static void HoldsAsName(string name, string what)
    {
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, NameBytesMax);
        Assert.True(IsPrintable(name), $"the {what} holds control characters: {Escaped(name)}");
    }

    private static bool IsPrintable(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i])) return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static string Escaped(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString()));
}
