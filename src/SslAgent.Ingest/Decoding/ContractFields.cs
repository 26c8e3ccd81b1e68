using SslAgent.Domain;

namespace SslAgent.Ingest.Decoding;

/// <summary>What one contract message holds, as read; <see cref="Fill"/> says whether it makes sense together.</summary>
internal struct ContractFields
{
    public ContractKey Seen;
    public long V, Width, Height;
    public string? Id, Source, Pair;
    public long? TimeMs;
    public ReadOnlyMemory<byte> Kind, Data, Text, Format, Caption;

    /// <summary>Moves the fields into the envelope; a rejection where they contradict each other or the contract.</summary>
    public readonly Rejection? Fill(ref Envelope envelope)
    {
        if (!Has(ContractKey.V)) return Refuse($"v is missing; this agent reads version {ContractKeys.Version}");
        if (V != ContractKeys.Version) return Refuse($"v is {V}; this agent reads version {ContractKeys.Version}");
        envelope.Id = Id ?? envelope.Id;
        envelope.Source = Source ?? envelope.Source;
        envelope.PairKey = Pair ?? envelope.PairKey;
        envelope.TimeMs = TimeMs ?? envelope.TimeMs;
        if (Kind.Span.SequenceEqual("frame"u8)) return FillFrame(ref envelope);
        if (Kind.Span.SequenceEqual("text"u8)) return FillText(ref envelope);
        return Refuse(Has(ContractKey.Kind) ? "kind is neither frame nor text" : "kind is missing: frame or text");
    }

    private static Rejection Refuse(string reason) => new("envelope", reason);

    private readonly bool Has(ContractKey key) => (Seen & key) != 0;

    private readonly Rejection? FillText(ref Envelope envelope)
    {
        if (!Has(ContractKey.Text)) return Refuse("kind is text, but there is no text");
        if (Has(ContractKey.Data)) return Refuse("kind is text, but there are data; a frame's words go into caption");
        (envelope.Text, envelope.HasText) = (Text, true);
        return null;
    }

    private readonly Rejection? FillFrame(ref Envelope envelope)
    {
        if (!Has(ContractKey.Data)) return Refuse("kind is frame, but there are no data");
        if (Has(ContractKey.Text)) return Refuse("kind is frame, but there is a text; a frame's words go into caption");
        (envelope.Picture, envelope.HasPicture) = (Data, true);
        if (Has(ContractKey.Caption)) (envelope.Text, envelope.HasText) = (Caption, true);
        ReadOnlySpan<byte> format = Format.Span;
        if (format.SequenceEqual("rgb8"u8)) return FillRaw(ref envelope);
        bool isKnown = !Has(ContractKey.Format) || format.SequenceEqual("jpeg"u8) || format.SequenceEqual("jpg"u8)
            || format.SequenceEqual("png"u8) || format.SequenceEqual("webp"u8) || format.SequenceEqual("gif"u8);
        return isKnown ? null : Refuse("format is none of jpeg, png, webp, gif, rgb8");
    }

    private readonly Rejection? FillRaw(ref Envelope envelope)
    {
        if (!Has(ContractKey.Width) || !Has(ContractKey.Height)) return Refuse("format is rgb8, but width or height is missing");
        if (Width is < 1 or > int.MaxValue || Height is < 1 or > int.MaxValue)
        {
            return new Rejection("limits", $"the picture is {Width} x {Height} pixels; at least 1 x 1 is needed");
        }

        (envelope.IsRaw, envelope.Width, envelope.Height) = (true, (int)Width, (int)Height);
        return null;
    }
}
