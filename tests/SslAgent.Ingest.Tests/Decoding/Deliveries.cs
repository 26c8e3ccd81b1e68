using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Texts;

namespace SslAgent.Ingest.Tests.Decoding;

/// <summary>Deliveries and a decoder for them, with the usual defaults.</summary>
internal static class Deliveries
{
    public static readonly SourceOffset At = new("stream", 3, 0, 42);

    public static MessageDecoder Decoder(IngestOptions? options = null)
    {
        options ??= new IngestOptions();
        return new MessageDecoder(options, new VipsFrameCodec(options.Frames), new TextCodec(options.Text));
    }

    public static Delivery Of(byte[]? value, params (string Name, string Value)[] headers) =>
        new(At, 1_700_000_000_000, null, value, [.. headers.Select(header => new MessageHeader(header.Name, Encoding.UTF8.GetBytes(header.Value)))]);

    public static Delivery Of(string value, params (string Name, string Value)[] headers) => Of(Encoding.UTF8.GetBytes(value), headers);

    public static Sample Accept(Delivery delivery, IngestOptions? options = null)
    {
        Intake intake = Decoder(options).Decode(delivery);
        Assert.True(intake is Intake.Accepted, (intake as Intake.Refused)?.Rejection.ToString());
        return ((Intake.Accepted)intake).Sample;
    }

    public static Rejection Refuse(Delivery delivery, IngestOptions? options = null)
    {
        Intake.Refused refused = Assert.IsType<Intake.Refused>(Decoder(options).Decode(delivery));
        Assert.Same(delivery, refused.Delivery);
        return refused.Rejection;
    }
}
