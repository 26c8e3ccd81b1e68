using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest.Producing;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// Sets of pictures and files of text, one after the other, as messages. Each has an id of its content and its place, so that of files that changed only what is new is new to the agent.
/// Labels are not sent; captions are.
/// </summary>
public sealed class DatasetMessages : IMessageSource
{
    private readonly IReadOnlyList<(string Name, IPictureSet? Pictures, string Path)> _parts;

    private readonly TimeProvider _time;

    /// <param name="paths">Folders, lists, packed files, texts: see <see cref="PictureSets"/>. Anything that is no set of pictures is read as lines of text.</param>
    public DatasetMessages(IReadOnlyList<string> paths, TimeProvider time)
    {
        _time = time;
        _parts = [.. paths.Select(path => PictureSets.Open(path) is { } set ? (set.Name, set, path) : (Path.GetFileName(path), (IPictureSet?)null, path))];
    }

    /// <summary>What tells this content from another.</summary>
    public string Signature => Digest(Encoding.UTF8.GetBytes(string.Join(' ', _parts.Select(part => part.Pictures?.Signature ?? FileSignature.Of([part.Path])))));

    public async IAsyncEnumerable<OutgoingMessage> Messages([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach ((string name, IPictureSet? pictures, string path) in _parts)
        {
            if (pictures is not null)
            {
                foreach (Picture picture in pictures.Read()) yield return MessageOf(name, picture);
                continue;
            }

            long number = 0;
            await foreach (OutgoingMessage line in new LogFile(path, name, name, _time).Messages(cancellation))
            {
                string id = IdOf(line.Value, (++number).ToString(CultureInfo.InvariantCulture));
                yield return line with { Headers = [.. line.Headers, new MessageHeader("id", Encoding.UTF8.GetBytes(id))] };
            }
        }
    }

    private static OutgoingMessage MessageOf(string set, Picture picture) => new ContractMessage
    {
        Source = picture.Source ?? set,
        TimeMs = picture.TimeMs,
        Id = IdOf(picture.Data.Span, picture.Name),
        Data = picture.Data,
        Format = picture.Size is null ? null : "rgb8",
        Width = picture.Size?.Width,
        Height = picture.Size?.Height,
        Caption = picture.Caption,
    }.To(set);

    /// <summary>The content first: of a long id the end may be cut off.</summary>
    private static string IdOf(ReadOnlySpan<byte> content, string place) => $"{Digest(content)} {place}";

    private static string Digest(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6));
}
