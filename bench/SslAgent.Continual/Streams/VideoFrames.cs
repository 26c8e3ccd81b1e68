using System.Formats.Tar;
using System.Globalization;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;

namespace SslAgent.Continual.Streams;

/// <summary>
/// Two fixed cameras, one after the other, frame by frame: neighbours in time are almost the same picture. Judged on the trashnet64 photographs, as Purushwalkam
/// et al. (2022) judge what was learned from video on another set.
/// </summary>
internal static class VideoFrames
{
    public static StreamData InTime(DataFolders folders)
    {
        List<StreamItem> items = [.. Street(folders)];
        // The second camera begins a minute after the first one ended.
        items.AddRange(Read(folders, "video_tree", "tree", items[^1].TimeMs + 60_000));
        return new StreamData(items, [Photographs.Task(Photographs.Trash(folders))]);
    }

    /// <summary>The first camera alone: people walk through its picture.</summary>
    public static IEnumerable<StreamItem> Street(DataFolders folders) => Read(folders, "video_vtest", "vtest", 0);

    private static IEnumerable<StreamItem> Read(DataFolders folders, string set, string name, long fromMs)
    {
        string folder = folders.Set(set);
        Dictionary<string, byte[]> files = Unpack(Path.Combine(folder, $"{name}.tar"));
        var codec = new VipsFrameCodec(new FrameOptions());
        foreach (string row in File.ReadLines(Path.Combine(folder, $"{name}_frames.tsv")).Skip(1))
        {
            string[] cells = row.Split('\t');
            Frame? frame = codec.Decode(files[cells[2]]).Frame;
            yield return new StreamItem(set, fromMs + (long)double.Parse(cells[1], CultureInfo.InvariantCulture), Check.NotNull(frame, $"{cells[2]} is a picture"), null);
        }
    }

    private static Dictionary<string, byte[]> Unpack(string tar)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var reader = new TarReader(File.OpenRead(tar));
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data) continue;
            var bytes = new byte[entry.Length];
            data.ReadExactly(bytes);
            files[Path.GetFileName(entry.Name)] = bytes;
        }

        return files;
    }
}
