namespace MessagePack;

/// <summary>Extension types that the specification itself defines (negative codes).</summary>
public static class ReservedMessagePackExtensionTypeCode
{
    public const sbyte DateTime = -1;
}
