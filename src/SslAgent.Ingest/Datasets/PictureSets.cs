namespace SslAgent.Ingest.Datasets;

/// <summary>Which set it is that lies at a path.</summary>
public static class PictureSets
{
    private static readonly string[] ListEndings = [".tsv", ".jsonl", ".lst"];

    /// <summary>The set to train on at a path, or null where it is something else (text).</summary>
    /// <remarks>Throws <see cref="FileNotFoundException"/> where nothing is there, or a folder has no picture.</remarks>
    public static IPictureSet? Open(string path) => Open(path, forTest: false);

    /// <summary>The set that is kept for tests in the same folder, where the format has one (CIFAR's test batch, MNIST's t10k); else null.</summary>
    public static IPictureSet? OpenTest(string path) => Directory.Exists(path) && Packed(path, forTest: false) is not null ? Packed(path, forTest: true) : null;

    private static IPictureSet? Open(string path, bool forTest)
    {
        if (Directory.Exists(path)) return Packed(path, forTest) ?? new PictureFolder(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"{path} is not there", path);
        string name = Path.GetFileName(path), bare = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        if (bare.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)) return new CifarBatches(Path.GetFileNameWithoutExtension(bare), [path]);
        if (bare.Contains("images-idx3", StringComparison.Ordinal)) return new IdxPictures(path);
        return ListEndings.Contains(Path.GetExtension(bare), StringComparer.OrdinalIgnoreCase) ? new PictureList(path) : null;
    }

    /// <summary>The packed files of a folder, or null where it has none.</summary>
    private static IPictureSet? Packed(string directory, bool forTest)
    {
        string[] files = [.. Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)];
        string[] batches = [.. files.Where(file => Named(file, ".bin", forTest ? ["test_batch", "_test"] : ["data_batch", "_train"]))];
        if (batches.Length > 0) return new CifarBatches(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), batches);
        return files.FirstOrDefault(file => Named(file, "images-idx3-ubyte", [forTest ? "t10k" : "train"])) is { } images ? new IdxPictures(images) : null;
    }

    private static bool Named(string file, string ending, string[] parts)
    {
        string name = Path.GetFileName(file);
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        return name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && parts.Any(part => name.Contains(part, StringComparison.Ordinal));
    }
}
