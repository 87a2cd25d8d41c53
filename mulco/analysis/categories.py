"""Which of the study's ten categories of tasks a row belongs to: by words, else by the rows that words have told.

    category("Sort a list by bubble sort.", "", "def bubble_sort(xs): ...", "python")   # "Algorithmic & Data Structure"
    category("写一条 SQL，查出工资最高的员工。", "", "SELECT ...", "sql")                    # "Database & SQL"
    category("Say hello.", "", "hello", "text")                                         # None

Each category is a weighted word list in English and Chinese: 3 decides, 2 is strong, 1 tips the scales. What is asked
(instruction and input) counts in full, the answer by a third, a programming language that is a category of its own
by 6. The most points win, from `LEAST` on, and of equal ones the first in the study's order.

Measured on 118 rows labelled by hand and held out (`benchmarks/categories.py`): .83 of them right, kappa .78, where
always the commonest would be right in .36; of the Chinese ones among them .68.

The study takes the category whose name is most like the row in INSTRUCTOR's space. Here the rows that words have
told stand for a category: `nearest` gives an untold row the category whose middle it is nearest to, if that is by
`MARGIN` nearer than the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mulco.analysis.lexicon import Lexicon
from mulco.analysis.result import CATEGORIES

LEAST = 2.0  # points that a category needs
ANSWER = 1 / 3  # what a point counts for that the answer gives
LOOKED_AT = 1_500  # characters of what is asked
LOOKED_AT_ANSWER = 600  # and of the answer
# Of cosine, between the nearest category and the next. Measured on real rows whose category words tell, a fifth of them
# hidden: .80 of the English ones it decides on come out right, .86 of the Chinese; it decides on half of the untold.
MARGIN = 0.1
LANGUAGES = {"sql": CATEGORIES[2], "html": CATEGORIES[4], "css": CATEGORIES[4], "solidity": CATEGORIES[8]}
LANGUAGE_POINTS = 6.0  # an answer in SQL is of databases, whoever the customers in it are

LISTS: dict[str, dict[float, str]] = {
    "Algorithmic & Data Structure": {
        3: """
            bubble sort, quick sort, quicksort, merge sort, mergesort, insertion sort, selection sort, heap sort,
            radix sort, counting sort, binary search, linear search, dynamic programming, linked list, linkedlist,
            binary tree, bst, search tree, depth first, breadth first, dfs, bfs, knapsack, topological, trie,
            priority queue, min heap, max heap, shortest path, dijkstra, spanning tree, backtracking, backtrack,
            anagram, palindrome, palindromic, two pointer, sliding window, subsequence, subarray, n queen, leetcode,
            sudoku, tower of hanoi, hanoi, two sum, sorting algorithm, search algorithm, data structure, hash table,
            hashtable, adjacency, tree traversal, inorder, preorder, postorder, union find, disjoint set,
            greedy algorithm, edit distance, levenshtein
            链表, 二叉树, 搜索树, 动态规划, 回溯, 贪心, 排序算法, 冒泡排序, 快速排序, 归并排序, 插入排序, 选择排序,
            堆排序, 二分查找, 二分法, 回文, 子序列, 子数组, 子串, 拓扑排序, 深度优先, 广度优先, 最短路径, 滑动窗口,
            双指针, 并查集, 前缀树, 字典树, 优先队列, 最小堆, 最大堆, 汉诺塔, 数独, 数据结构, 哈希表, 异位词,
            最小生成树, 编辑距离, 力扣, 给你一个字符串, 给你一个整数数组, 给你一个数组, 给定一个数组, 给定一个字符串,
            八皇后, 背包问题, 全排列
        """,
        2: """
            sort, sorted, sorting, stack, queue, hash map, hashmap, tree, graph, recursion, recursive, recursively,
            algorithm, duplicate, reverse, reversed, substring, rotate, traverse, traversal, intersection, permutation,
            longest, shortest, second largest, most frequent, frequency, occurrence, vowel, flatten, 2d array, iterate,
            unique element, common element, maximum element, largest element, smallest element, remove element, swap,
            merge two, concatenate, consecutive, character in a string, string is a, count the number of, count word,
            regex, regular expression, whitespace, capitalize, pascal case, camel case, uppercase, lowercase,
            list comprehension, dictionary, key value, index of, position of, arraylist, unique value, hash set
            排序, 递归, 栈, 队列, 遍历, 去重, 反转, 倒序, 逆序, 重复元素, 算法, 出现次数, 出现的次数, 查找数组, 数组中,
            列表中, 交集, 并集, 排列, 元音, 第二大, 最大值, 最小值, 翻转, 旋转, 合并两个, 首字母大写, 字符串中, 连续,
            二维数组, 树的, 迭代器, 正则, 空格, 字典, 大写, 小写, 子字符串
        """,
        1: """
            array, list, string, element, search, find, count, loop, tuple, substring, character, word, item, index,
            length, split, join two, append, filter, map, largest, smallest, maximum, minimum, remove, alphabetical
            数组, 列表, 字符串, 查找, 元素, 统计, 循环, 元组, 集合, 字符, 单词, 索引, 长度, 分割, 拼接, 过滤, 映射,
            切片, 移除, 删除
        """,
    },
    "Mathematical & Computational": {
        3: """
            prime number, prime, factorial, fibonacci, gcd, lcm, common divisor, common multiple,
            matrix multiplication, determinant, quadratic, square root, area of a, area of the, celsius, fahrenheit,
            leap year, probability, standard deviation, compound interest, simple interest, linear equation, equation,
            integration, derivative, prime factor, perfect number, armstrong, pythagorean, binary to decimal,
            decimal to binary, hexadecimal, multiplication table, sum of digit, arithmetic, geometric, trigonometric,
            euclidean distance, power of two, calculator, collatz, perfect square, roman numeral, pi, logarithm,
            polynomial, dot product, matrix, pascal triangle, monte carlo, hypotenuse, circumference, radius
            质数, 素数, 阶乘, 斐波那契, 斐波纳契, 最大公约数, 最小公倍数, 平方根, 方程, 华氏, 摄氏, 矩阵, 圆的面积,
            概率, 标准差, 闰年, 二进制, 十六进制, 完全数, 水仙花数, 勾股, 三角函数, 乘法表, 圆周率, 因数, 质因数, 等差,
            等比, 计算器, 利息, 数学, 绝对值, 四舍五入, 复数, 对数
        """,
        2: """
            sum, average, mean, median, calculate, compute, calculation, divisible, even number, odd number, formula,
            area, perimeter, volume, percentage, exponent, to the power, digit, square, cube, random number, add two,
            multiply, subtract, divide, product of, absolute value, round, numerical, fraction, modulo, even or odd,
            bmi, distance between, sequence of number, days between, difference in days, random integer, multiplying,
            multiplication, subtraction
            计算, 求和, 之和, 总和, 平均, 奇数, 偶数, 整除, 面积, 体积, 公式, 百分比, 幂, 随机数, 乘积, 相加, 相乘,
            加法, 减法, 乘法, 除法, 取整, 取模, 余数, 次方, 平方, 距离, 相差天数, 随机整数, 随机浮点数
        """,
        1: """
            number, numeric, add, total, positive, negative, float, decimal, math, greater than, less than, odd, even,
            integer, vector
            数字, 整数, 浮点, 数值, 小数, 正数, 负数, 向量
        """,
    },
    "Database & SQL": {
        3: """
            sql, mysql, postgresql, postgres, sqlite, mongodb, database, stored procedure, primary key, foreign key,
            inner join, left join, group by, select statement, sql query, database query, sql statement, sql server,
            oracle, nosql, redis, hibernate, create table, table called, table named, order by, jdbc, mybatis, mysqli,
            linq
            数据库, 存储过程, 主键, 外键, 内连接, 左连接, 查询语句, 建表, 数据表, 游标, 触发器, 事务隔离, 慢查询,
            分库分表
        """,
        2: """
            write a query, query to, query that, create a query, query the, query for, from the table, from table,
            in the table, transaction, orm, table, stored in a table, insert into, select, mongo
            事务, 表中, 查询所有, 插入数据, 表名, 字段, 记录, 连接池, 索引失效, 联合查询
        """,
        1: """
            column, row, insert, delete record, update record, employee table, record, schema
            查询, 行锁, 表锁
        """,
    },
    "System Design & Architecture": {
        3: """
            design pattern, singleton, factory pattern, factory method, observer pattern, decorator pattern,
            microservice, distributed system, distributed, load balancer, load balancing, message queue, scalability,
            scalable, architecture, system design, dependency injection, event driven, kafka, rabbitmq, kubernetes,
            docker, zookeeper, spring boot, spring, jvm, garbage collection, high availability, thread pool,
            producer consumer, deadlock, state machine, middleware, service mesh, devops, ci cd, dubbo, multithreading,
            multithreaded, concurrency, concurrent, mutex, semaphore, operating system, virtual machine, goroutine
            设计模式, 单例, 工厂模式, 工厂方法, 观察者, 装饰器模式, 代理模式, 策略模式, 微服务, 分布式, 负载均衡,
            消息队列, 架构, 高可用, 依赖注入, 控制反转, 线程池, 生产者, 死锁, 状态机, 中间件, 虚拟机, 垃圾回收,
            垃圾收集, 多线程, 并发, 操作系统, 容器, 集群, 注册中心, 类加载, 面向切面, 互斥锁, 信号量, 协程, 网络协议,
            路由器, 交换机, 三次握手
        """,
        2: """
            inheritance, polymorphism, abstract class, encapsulation, thread, process, socket, deploy, deployment,
            interface, object oriented, class hierarchy, oop, base class, subclass, constructor, queue system, server,
            client server, tcp, udp, network, cloud, aws, azure, linux, scheduler, daemon, plugin, framework, logging,
            exception handling, file, directory, folder, filename, shell script, command line argument, argparse,
            environment variable, class called, class named, create a class, write a class, nested class, struct
            继承, 多态, 抽象类, 封装, 线程, 进程, 套接字, 部署, 接口, 面向对象, 构造函数, 父类, 子类, 服务器, 网络,
            框架, 异步, 反射, 泛型, 生命周期, 内存模型, 热部署, 重写, 重载, 锁, 云计算, 模块, 测试用例, 自动化测试,
            单元测试, 文件, 目录, 路径, 命令行参数, 环境变量, 压缩, 解压, 嵌套类, 的类, 结构体
        """,
        1: """
            class, object, module, method that, service, component, event, config, configuration
            类, 对象, 服务, 组件, 配置
        """,
    },
    "Web Development": {
        3: """
            html, css, http request, rest api, restful, web scraping, web scraper, scrape, ajax, react, reactjs,
            angular, vue, express, django, flask, jquery, web page, webpage, website, web server, web app,
            web application, bootstrap, laravel, dom, div, hyperlink, navigation bar, landing page, get request,
            post request, http, https, url, cookie, fetch api, beautifulsoup, servlet, jsp, wordpress, frontend,
            front end, backend, asp.net, node.js, nodejs, html form, stylesheet, webpack, graphql
            网页, 网站, 前端, 后端, 浏览器, 爬虫, 爬取, 抓取, 请求头, 响应式, 跨域, 超链接, 表单, 样式表, 单页, 请求,
            会话, 重定向, 路由, 标签, 域名
        """,
        2: """
            api, endpoint, form, browser, web, json, xml, link, header, paragraph, request, session, click event,
            servers
            响应, 页面, 解析json, json格式, 链接, 下载
        """,
        1: """
            tag, style, image
            样式, 图片
        """,
    },
    "Data Science & Machine Learning": {
        3: """
            machine learning, neural network, deep learning, tensorflow, pytorch, keras, scikit learn, sklearn, panda,
            dataframe, data frame, numpy, linear regression, logistic regression, regression, k mean, kmean,
            clustering, data analysis, data visualization, visualization, matplotlib, seaborn, ggplot, ggplot2, nlp,
            natural language processing, dataset, data set, training data, test data, sentiment analysis, sentiment,
            decision tree, random forest, support vector, svm, gradient descent, convolutional, image classification,
            classifier, computer vision, opencv, reinforcement, recommendation system, recommender, hadoop, spark,
            big data, feature engineering, cross validation, scatter plot, histogram, bar chart, tokenization,
            word embedding, bert, transformer, time series, data mining, overfitting, csv file, from a csv, csv module,
            torch, onnx
            机器学习, 深度学习, 神经网络, 数据分析, 数据可视化, 聚类, 线性回归, 逻辑回归, 训练集, 训练模型,
            自然语言处理, 决策树, 随机森林, 支持向量机, 梯度下降, 卷积, 图像识别, 人脸识别, 推荐系统, 大数据, 数据挖掘,
            特征工程, 过拟合, 情感分析, 词向量, 强化学习, 数据仓库, 数据集, 直方图, 散点图, 张量, 数据科学
        """,
        2: """
            predict, prediction, plot, chart, train a, model that, csv, statistical, correlation, outlier, data point,
            classify, accuracy
            预测, 图表, 绘制, 折线图, 分类器, 准确率, 相关系数, 采样, 模型
        """,
        1: """
            data, statistics, label, feature, classification, gpt
            数据, 特征
        """,
    },
    "Performance Optimization": {
        3: """
            optimize, optimise, optimized, optimization, optimizing, speed up, more efficient, more efficiently,
            faster, improve the performance, improve performance, memoization, memoize, performance, profiling,
            profiler, benchmark, parallelize, vectorize, lazy loading, cache, caching, lru cache, memory leak,
            memory usage, execution time, reduce the time, running time
            优化, 性能, 提高效率, 加速, 并行计算, 缓存, 内存泄漏, 内存泄露, 耗时, 运行时间, 调优, 懒加载, 基准测试,
            吞吐
        """,
        2: """
            time complexity, space complexity, efficient, efficiency, efficiently, latency, throughput, refactor,
            big o
            时间复杂度, 空间复杂度, 效率, 高效, 重构
        """,
        1: """
            improve, rewrite, reduce
            改进, 减少
        """,
    },
    "User Interface & Application Design": {
        3: """
            gui, tkinter, user interface, android, ios, swiftui, uikit, mobile app, desktop app, desktop application,
            pygame, unity, animation, tic tac toe, hangman, rock paper, snake game, text based, adventure game,
            video game, swing, javafx, wpf, flutter, react native, dialog box, chatbot, chat bot, to do list,
            todo list, todo app, dropdown, drop down, progress bar, slider, widget, uiviewcontroller, tableview, game
            界面, 图形界面, 窗口, 安卓, 控件, 对话框, 小程序, 游戏, 动画, 下拉, 进度条, 聊天机器人, 弹窗, 移动应用,
            桌面应用, 待办, 鼠标, 键盘, 用户体验
        """,
        2: """
            app, button, window, layout, menu, click
            按钮, 布局, 菜单, 输入框, 点击
        """,
        1: """
            text box, interactive, ui, application, color, colour, font, screen
            交互, 颜色, 字体, 应用, 屏幕
        """,
    },
    "Domain-Specific": {
        3: """
            bank account, banking, stock price, stock market, blockchain, smart contract, ethereum, bitcoin,
            cryptocurrency, medical, patient, hospital, bioinformatics, dna, rna, protein, genome, finance, financial,
            payroll, e commerce, ecommerce, shopping cart, inventory, hotel, booking, reservation, iot, sensor, robot,
            arduino, raspberry pi, gps, weather, invoice, tax, credit card, library management, student management,
            currency, exchange rate, compiler, interpreter, embedded, microcontroller, plc, salesforce, sap, music,
            recipe, restaurant, temperature sensor, physics, chemistry, astronomy, geolocation, email address,
            phone number, verilog, latex, grayscale, pixel, audio, circuit, multiplexer, signal processing
            区块链, 比特币, 以太坊, 智能合约, 医疗, 病人, 医院, 金融, 股票, 电商, 购物车, 库存, 酒店, 预订, 传感器,
            机器人, 嵌入式, 单片机, 变压器, 电机, 电路, 天气, 发票, 信用卡, 银行, 图书管理, 学生管理, 汇率, 编译器,
            物联网, 地理位置, 邮箱地址, 手机号, 身份证, 快递, 航班, 交易, 灰度, 图像处理, 像素, 音频, 多路复用器,
            逻辑电路, 信号处理
        """,
        2: """
            salary, calendar, email, time zone, timestamp, price, current time, current date, pdf, excel
            工资, 日期, 日历, 邮件, 时区, 时间戳, 价格, 当前时间
        """,
        1: """
            date, student, employee, customer, order, product, age
            学生, 员工, 客户, 订单, 商品
        """,
    },
    "Security & Cryptography": {
        3: """
            encrypt, encryption, encrypted, decrypt, decryption, cipher, caesar, aes, rsa, md5, sha1, sha256, sha 256,
            bcrypt, authentication, authenticate, authorization, oauth, jwt, sql injection, xss, csrf,
            cross site scripting, injection, vulnerability, vulnerable, ssl, tls, certificate, firewall, cryptography,
            cryptographic, password hash, secure, security, malware, penetration, brute force attack,
            digital signature, public key, private key, base64, hashing, sanitize, captcha, phishing, access control,
            random password, password generator, strong password
            加密, 解密, 密文, 数字签名, 签名算法, 认证, 授权, 注入攻击, sql注入, 漏洞, 防火墙, 证书, 令牌, 安全, 公钥,
            私钥, 哈希值, 攻击, 病毒, 验证码, 散列值, 摘要算法, base64编码, sql 注入
        """,
        2: """
            password, login, log in, sign in, sign up, credential, permission, token, valid password
            密码, 登录, 登陆, 权限, 鉴权, 敏感, 注入
        """,
        1: """
            validate, validation, verify, verification, hash
            校验, 验证, 哈希
        """,
    },
}  # fmt: skip
_LEXICON = Lexicon(LISTS)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def scores(instruction: str, given: str, output: str, programming_language: str) -> dict[str, float]:
    """The points of each category that has any."""
    found = _LEXICON.points(f"{instruction[:LOOKED_AT]}\n{_CAMEL.sub(' ', given[:LOOKED_AT])}")
    for name, points in _LEXICON.points(_CAMEL.sub(" ", output[:LOOKED_AT_ANSWER])).items():
        found[name] = found.get(name, 0.0) + ANSWER * points
    if programming_language in LANGUAGES:
        name = LANGUAGES[programming_language]
        found[name] = found.get(name, 0.0) + LANGUAGE_POINTS
    return found


def category(instruction: str, given: str, output: str, programming_language: str) -> str | None:
    """The category with the most points, from `LEAST` on; None where nothing says."""
    found = scores(instruction, given, output, programming_language)
    best = max(CATEGORIES, key=lambda name: found.get(name, 0.0))  # the first of equal ones
    return best if found.get(best, 0.0) >= LEAST else None


def nearest(
    x: npt.NDArray[np.float32], told: Sequence[str | None], languages: Sequence[str], margin: float = MARGIN
) -> list[str | None]:
    """For each row without a category the one it is nearest to; None for the others, and where it is too close a call.

    `x` is (rows, dimensions), each row of length 1. A category's middle is that of its told rows in the same natural
    language, less the middle of all rows in that language: else language and common words would decide.
    """
    found: list[str | None] = [None] * len(told)
    names = np.array([CATEGORIES.index(name) if name is not None else -1 for name in told], np.int64)
    spoken = np.array(languages)
    for language in sorted(set(languages)):
        rows = np.flatnonzero(spoken == language)
        centered = x[rows] - x[rows].mean(axis=0)  # (rows, dimensions)
        present = [index for index in range(len(CATEGORIES)) if (names[rows] == index).any()]
        untold = np.flatnonzero(names[rows] == -1)
        if len(present) < 2 or not len(untold):
            continue
        middles = np.stack([_unit(centered[names[rows] == index].mean(axis=0)) for index in present])
        alike = _unit(centered[untold]) @ middles.T  # (untold, present)
        order = np.sort(alike, axis=1)
        for row, best, gap in zip(untold, alike.argmax(axis=1), order[:, -1] - order[:, -2], strict=True):
            if gap >= margin:
                found[rows[row]] = CATEGORIES[present[best]]
    return found


def _unit(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays one."""
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    return np.asarray(x / np.where(length > 0, length, 1), np.float32)
