using System.Runtime.CompilerServices;
using SslAgent.Ingest.Producing;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// Sets of pictures and files of text, one after the other, as messages of the contract. What tells a message is its set and its place there, so that a second
/// reading says the same. Labels are not sent; captions are.
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
    public string Signature => string.Concat(_parts.Select(part => (part.Pictures?.Signature ?? FileSignature.Of([part.Path]))[..6]));

    public async IAsyncEnumerable<OutgoingMessage> Messages([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach ((string name, IPictureSet? pictures, string path) in _parts)
        {
            if (pictures is not null)
            {
                foreach (Picture picture in pictures.Read()) yield return MessageOf(name, picture, isCaptioned: pictures is PictureList);
                continue;
            }

            await foreach (OutgoingMessage line in new LogFile(path, name, name, _time).Messages(cancellation)) yield return line;
        }
    }

    private static OutgoingMessage MessageOf(string set, Picture picture, bool isCaptioned) => new ContractMessage
    {
        Source = set,
        Id = picture.Name,
        Data = picture.Data,
        Format = picture.Size is null ? null : "rgb8",
        Width = picture.Size?.Width,
        Height = picture.Size?.Height,
        Caption = isCaptioned ? picture.Words : null,
    }.To(set);
}
