using System.Runtime.CompilerServices;
using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest.Producing;

namespace SslAgent.Demo;

/// <summary>The timeline as messages, each given out when it is due: pictures as PNG with their caption in the MessagePack contract, lines as bare text.</summary>
internal sealed class DemoStream(IReadOnlyList<DemoEvent> timeline, IFrameCodec codec, DemoBoard board, TimeProvider time)
{
    public const string PicturesTopic = "demo.pictures", LogsTopic = "demo.logs";

    /// <summary>Waits shorter than this are not worth a timer.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(10);

    public async IAsyncEnumerable<OutgoingMessage> Messages([EnumeratorCancellation] CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        string group = "", program = "";
        foreach (DemoEvent item in timeline)
        {
            TimeSpan wait = item.Due - time.GetElapsedTime(began);
            if (wait >= Grain) await Task.Delay(wait, time, cancellation);
            (group, program) = item.Picture is null ? (group, item.Scene) : (item.Scene, program);
            board.Scene(program.Length == 0 ? $"emoji: {group}" : $"emoji: {group}; log lines of {program}");
            yield return MessageOf(item);
        }

        board.Scene("nothing any more: it goes on learning from what it remembers");
    }

    private OutgoingMessage MessageOf(DemoEvent item)
    {
        if (item.Picture is not { } picture)
        {
            byte[] source = Encoding.UTF8.GetBytes(item.Source);
            return new OutgoingMessage(
                LogsTopic, source, Encoding.UTF8.GetBytes(item.Line ?? ""),
                [new MessageHeader("content-type", "text/plain"u8.ToArray()), new MessageHeader("source", source)]);
        }

        byte[] png = codec.EncodePng(picture.Frame);
        ContractMessage message = new()
        {
            Source = item.Source,
            Id = item.Id,
            TimeMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Data = item.IsDamaged ? png.AsMemory(0, png.Length / 2) : png,
            Caption = picture.Caption,
        };
        return message.To(PicturesTopic);
    }
}
