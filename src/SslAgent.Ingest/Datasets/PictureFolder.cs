using SslAgent.Ingest.Producing;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// The pictures of a folder and of the folders in it, in order of their names. The first folder below is the label, as ImageFolder of torchvision has it; a
/// picture that lies in no such folder has none.
/// </summary>
public sealed class PictureFolder : IPictureSet
{
    private readonly string _directory;
    private readonly string[] _files;

    /// <summary>Throws <see cref="FileNotFoundException"/> where there is no picture.</summary>
    public PictureFolder(string directory)
    {
        _directory = Path.GetFullPath(directory);
        _files = FrameFolder.FilesIn(_directory);
    }

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(_directory));

    public string Signature => FileSignature.Of(_files);

    public IEnumerable<Picture> Read()
    {
        foreach (string file in _files)
        {
            string name = Path.GetRelativePath(_directory, file);
            int folder = name.IndexOf(Path.DirectorySeparatorChar, StringComparison.Ordinal);
            yield return new Picture(name, File.ReadAllBytes(file), folder < 0 ? null : name[..folder]);
        }
    }
}
