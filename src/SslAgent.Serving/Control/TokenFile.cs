using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Serving.Control;

/// <summary>
/// The secret that orders over the control socket must carry: <c>token</c> in the state directory, mode 0600, 256 random bits as 64 hex
/// digits. Made at the first start; read again at each. One that others could have read is replaced.
/// </summary>
internal sealed class TokenFile
{
    private const int Bytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] _digest;

    private TokenFile(string token) => _digest = DigestOf(token);

    /// <summary>Reads the token, or makes one. Call only while holding the state directory's lock.</summary>
    public static TokenFile Open(string path, ILogger log)
    {
        if (!File.Exists(path)) return new TokenFile(Create(path));
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None)
        {
            ServingLog.TokenExposed(log, path);
            return new TokenFile(Create(path));
        }

        return new TokenFile(Read(path));
    }

    /// <summary>The token for a client; throws where the file is no token.</summary>
    public static string Read(string path)
    {
        string token = File.ReadAllText(path).Trim();
        return token.Length == 2 * Bytes && token.All(char.IsAsciiHexDigit)
            ? token
            : throw new ServingStartException($"{path} holds no token of {2 * Bytes} hex digits: delete it, and the next start makes a new one");
    }

    /// <summary>Takes the same time however much of it is right: digests are compared, whole.</summary>
    public bool Matches(string offered) => CryptographicOperations.FixedTimeEquals(DigestOf(offered), _digest);

    private static byte[] DigestOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Create(string path)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        string temporary = path + ".tmp";
        File.Delete(temporary);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (FileStream file = new(temporary, options))
        {
            file.Write(Encoding.ASCII.GetBytes(token + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Check.That(Read(path) == token, "a token reads back");
        return token;
    }
}
