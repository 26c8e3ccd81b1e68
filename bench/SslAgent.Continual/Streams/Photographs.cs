using SslAgent.Domain;

namespace SslAgent.Continual.Streams;

/// <summary>trashnet64 and cifar10 as streams: class by class, or one domain after the other.</summary>
internal static class Photographs
{
    private const int TrashSide = 64, CifarSide = 32;

    public static StreamData ClassByClass(DataFolders folders) =>
        Of(folders, (set, pictures) => pictures.GroupBy(picture => picture.Label).OrderBy(one => one.Key, StringComparer.Ordinal)
            .SelectMany(one => one.Select(picture => (Source: $"{set}/{one.Key}", picture.Frame))));

    /// <summary>Inside a domain in the set's own, shuffled order.</summary>
    public static StreamData DomainByDomain(DataFolders folders) => Of(folders, (set, pictures) => pictures.Select(picture => (Source: set, picture.Frame)));

    /// <summary>What pictures are judged by: the class of each, in either set by itself.</summary>
    public static LabelTask Task(PlanarPictures.Set set) => new(set.Name, EmbeddingSpace.Frames, set.Train, set.Test);

    public static PlanarPictures.Set Trash(DataFolders folders) => PlanarPictures.Load(folders, "trashnet64", TrashSide);

    private static StreamData Of(DataFolders folders, Func<string, IReadOnlyList<Labelled>, IEnumerable<(string Source, Frame? Frame)>> order)
    {
        PlanarPictures.Set[] sets = [Trash(folders), PlanarPictures.Load(folders, "cifar10", CifarSide)];
        StreamItem[] items =
            [.. sets.SelectMany(set => order(set.Name, set.Train)).Select((one, place) => new StreamItem(one.Source, place * 1000L, one.Frame, null))];
        return new StreamData(items, [.. sets.Select(Task)]);
    }
}
