using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SslAgent.Ingest.Datasets;

/// <summary>Tells whether files are still the same by name, length and time of the last change, as make and rsync do.</summary>
internal static class FileSignature
{
    /// <returns>Twelve hexadecimal digits.</returns>
    public static string Of(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FileInfo file in files.Select(file => new FileInfo(file)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{file.FullName}\0{file.Length}\0{new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()}\0")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
