using System;
using System.IO;
using System.Text;

public static class FileTail
{
    private const int BlockSize = 8192;

    public static string[] TailLines(string path, int count)
    {
        if (count < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "The count must not be negative.");
        }

        using (var reader = new BinaryReader(File.OpenRead(path)))
        {
            Stream stream = reader.BaseStream;
            long offset = FindTail(reader, count);
            stream.Position = offset;
            byte[] tail = reader.ReadBytes(checked((int)(stream.Length - offset)));
            if (tail.Length == 0)
            {
                return new string[0];
            }

            int length = tail[tail.Length - 1] == '\n' ? tail.Length - 1 : tail.Length;
            return Encoding.UTF8.GetString(tail, 0, length).Split('\n');
        }
    }

    private static long FindTail(BinaryReader reader, int count)
    {
        long size = reader.BaseStream.Length;
        if (count == 0)
        {
            return size;
        }

        long position = size - 1;
        while (position > 0)
        {
            int length = (int)Math.Min(BlockSize, position);
            position -= length;
            reader.BaseStream.Position = position;
            byte[] block = reader.ReadBytes(length);
            for (int i = block.Length - 1; i >= 0; i--)
            {
                if (block[i] == '\n' && --count == 0)
                {
                    return position + i + 1;
                }
            }
        }
        return 0;
    }
}
